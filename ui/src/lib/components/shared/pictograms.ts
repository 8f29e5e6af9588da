// The pictograms of operations and commands, which every station shows. Those of defects are loaded by the screens that
// need them and added here, so that they do not weigh on the first paint.

const byName = new Map<string, string>();

/** Adds the files of a glob import, by their names. */
export function addPictograms(files: Record<string, string>): void {
  for (const [path, svg] of Object.entries(files)) {
    const name = path.slice(path.lastIndexOf('/') + 1, -'.svg'.length);
    byName.set(name, svg);
  }
}

/** The drawing, or nothing if there is none of that name. */
export function pictogramOf(name: string): string {
  return byName.get(name) ?? '';
}

addPictograms(
  import.meta.glob<string>(['/src/assets/pictograms/*.svg', '!/src/assets/pictograms/defect-*.svg'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
