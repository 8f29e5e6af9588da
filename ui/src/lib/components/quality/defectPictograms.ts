// Makes the pictograms of defects known. Importing this is enough; the station's first paint does without them.
import { addPictograms } from '$lib/components/shared/pictograms';

addPictograms(import.meta.glob<string>('/src/assets/pictograms/defect-*.svg', { query: '?raw', import: 'default', eager: true }));
