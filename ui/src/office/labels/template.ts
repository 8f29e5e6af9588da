// A label template as `assets/labels/README.md` describes it: millimetres from the top left corner. The server reads and checks
// it; this is what the designer needs to know of its form.

export type BoxMm = readonly [x: number, y: number, width: number, height: number];
export type Symbology = 'code128' | 'datamatrix' | 'qr';

interface Named {
  readonly name: string;
  readonly when?: string;
}

export interface TextElement extends Named {
  readonly type: 'text';
  readonly value: string;
  readonly box_mm: BoxMm;
  readonly font?: 'regular' | 'bold';
  readonly pt: number;
  readonly min_pt?: number;
  readonly align?: 'left' | 'center' | 'right';
  readonly vertical?: 'middle' | 'top';
  readonly overflow: 'shrink' | 'wrap' | 'error';
}

export interface BarcodeElement extends Named {
  readonly type: 'barcode';
  readonly value: string;
  readonly box_mm: BoxMm;
  readonly symbology: Symbology;
  readonly orientation?: 'picket' | 'ladder';
  readonly min_module_dots: number;
  readonly min_module_mm: number;
}

export interface PictogramElement extends Named {
  readonly type: 'pictogram';
  readonly value: string;
  readonly box_mm: BoxMm;
}

export interface RectElement extends Named {
  readonly type: 'rect';
  readonly box_mm: BoxMm;
  readonly frame_mm?: number;
}

export interface LineElement extends Named {
  readonly type: 'line';
  readonly from_mm: readonly [number, number];
  readonly to_mm: readonly [number, number];
  readonly thickness_mm: number;
}

export type LabelElement = TextElement | BarcodeElement | PictogramElement | RectElement | LineElement;
export type ElementType = LabelElement['type'];

export interface LabelTemplate {
  readonly name: string;
  readonly version: number;
  readonly media_mm: { readonly width: number; readonly height: number; readonly gap: number };
  readonly elements: readonly LabelElement[];
}

/** The words that name a pictogram, parts first. */
export const PICTOGRAMS = ['upper', 'lining_and_sock', 'outsole', 'leather', 'coated_leather', 'textile', 'other'] as const;
export type Pictogram = (typeof PICTOGRAMS)[number];

/** What a code may carry; none of it is about a person. */
export const CODE_FIELDS: readonly string[] = ['code', 'tracking', 'passport_url'];

/** Hundredths of a millimetre are finer than any printer's dot. */
export const rounded = (mm: number): number => Math.round(mm * 100) / 100;

export const isUpright = (line: LineElement): boolean => line.from_mm[0] === line.to_mm[0];

/** The box that an element fills; that of a line is as thick as the line. */
export function boxOf(element: LabelElement): BoxMm {
  if (element.type !== 'line') return element.box_mm;
  const [[x0, y0], [x1, y1]] = [element.from_mm, element.to_mm];
  const along = (from: number, to: number) => (from === to ? element.thickness_mm : Math.abs(to - from));
  return [Math.min(x0, x1), Math.min(y0, y1), rounded(along(x0, x1)), rounded(along(y0, y1))];
}

/** The element in another box. A line keeps its direction; across it the box is its thickness. */
export function inBox(element: LabelElement, box: BoxMm): LabelElement {
  const [x, y, width, height] = box.map(rounded) as [number, number, number, number];
  if (element.type !== 'line') return { ...element, box_mm: [x, y, width, height] };
  const upright = isUpright(element);
  return {
    ...element,
    from_mm: [x, y],
    to_mm: upright ? [x, rounded(y + height)] : [rounded(x + width), y],
    thickness_mm: upright ? width : height,
  };
}

/** A line turned by a quarter, as long as before. */
export function turned(line: LineElement): LineElement {
  const [x, y, width, height] = boxOf(line);
  const to: [number, number] = isUpright(line) ? [rounded(x + height), y] : [x, rounded(y + width)];
  return { ...line, from_mm: [x, y], to_mm: to };
}

/** A name that no element has yet: `text 2`. */
export function freeName(template: LabelTemplate, wish: string): string {
  const taken = new Set(template.elements.map((element) => element.name));
  const stem = wish.replace(/ \d+$/, '');
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? stem : `${stem} ${number}`;
    if (!taken.has(name)) return name;
  }
}

/** Something to begin with, in the middle of the label. */
export function fresh(type: ElementType, template: LabelTemplate, codeField: string): LabelElement {
  const { width, height } = template.media_mm;
  const name = freeName(template, type);
  const middle = (wide: number, high: number): BoxMm => {
    const [w, h] = [Math.min(wide, width), Math.min(high, height)];
    const halves = (mm: number) => Math.round(mm * 2) / 2;
    return [halves((width - w) / 2), halves((height - h) / 2), w, h];
  };
  switch (type) {
    case 'text':
      return { type, name, value: '文字 Text', box_mm: middle(24, 5), pt: 9, min_pt: 5, overflow: 'shrink' };
    case 'barcode':
      return { type, name, value: `{${codeField}}`, box_mm: middle(18, 18), symbology: 'qr', min_module_dots: 4, min_module_mm: 0.33 };
    case 'pictogram':
      return { type, name, value: 'leather', box_mm: middle(8, 8) };
    case 'rect':
      return { type, name, box_mm: middle(20, 8), frame_mm: 0.4 };
    case 'line': {
      const [x, y] = middle(30, 0.3);
      return { type, name, from_mm: [x, y], to_mm: [x + Math.min(30, width), y], thickness_mm: 0.3 };
    }
  }
}

/** The fields of a value with `{field}` in it. */
export const fieldsOf = (value: string): string[] => [...value.matchAll(/\{([a-z0-9_]+)\}/g)].map((found) => found[1] ?? '');
