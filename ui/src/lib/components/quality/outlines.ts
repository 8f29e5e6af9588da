// The drawings of the five views, as text, so that they take the colour around them.
import type { View } from '$lib/protocol/View';
import heel from '../../../assets/outlines/heel.svg?raw';
import inside from '../../../assets/outlines/inside.svg?raw';
import side from '../../../assets/outlines/side.svg?raw';
import sole from '../../../assets/outlines/sole.svg?raw';
import top from '../../../assets/outlines/top.svg?raw';

export const OUTLINES: Record<View, string> = { side, top, sole, heel, inside };
