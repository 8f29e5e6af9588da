// The words of the designer's closed lists. A list that grows without a word here does not compile.
import { m } from '$lib/i18n';
import type { LabelFinding } from '$lib/protocol/LabelFinding';
import type { LabelFindingCode } from '$lib/protocol/LabelFindingCode';
import type { LabelKind } from '$lib/protocol/LabelKind';
import type { ElementType, LabelElement, Pictogram } from './template';

export const LABEL_KINDS: Record<LabelKind, () => string> = {
  traveller: m.label_kind_traveller,
  component_tag: m.label_kind_component_tag,
  rack_tag: m.label_kind_rack_tag,
  shoe_box: m.label_kind_shoe_box,
  certificate: m.label_kind_certificate,
  composition: m.label_kind_composition,
  material_lot: m.label_kind_material_lot,
  location: m.label_kind_location,
  badge: m.label_kind_badge,
  command_card: m.label_kind_command_card,
  shipping: m.label_kind_shipping,
  care_card: m.label_kind_care_card,
};

export const ELEMENT_TYPES: Record<ElementType, () => string> = {
  text: m.label_type_text,
  barcode: m.label_type_barcode,
  pictogram: m.label_type_pictogram,
  rect: m.label_type_rect,
  line: m.label_type_line,
};

export const PICTOGRAM_WORDS: Record<Pictogram, () => string> = {
  upper: m.label_pictogram_upper,
  lining_and_sock: m.label_pictogram_lining_and_sock,
  outsole: m.label_pictogram_outsole,
  leather: m.label_pictogram_leather,
  coated_leather: m.label_pictogram_coated_leather,
  textile: m.label_pictogram_textile,
  other: m.label_pictogram_other,
};

type Values = Readonly<Record<string, string | undefined>>;
const of = (values: Values, name: string) => values[name] ?? '';

const FINDINGS: Record<LabelFindingCode, (values: Values) => string> = {
  thin_bars: (v) => m.label_finding_thin_bars({ bar: of(v, 'bar_mm') }),
  small_module: (v) => m.label_finding_small_module({ dots: of(v, 'dots') }),
  ladder_wanted: m.label_finding_ladder_wanted,
  quiet_zone: (v) => m.label_finding_quiet_zone({ intruder: of(v, 'intruder') }),
  overflow_possible: (v) => m.label_finding_overflow_possible({ n: of(v, 'ideographs') }),
  overflow: (v) => m.label_finding_overflow({ text: of(v, 'text') }),
  missing_glyph: (v) => m.label_finding_missing_glyph({ character: of(v, 'character') }),
  missing_field: (v) => m.label_finding_missing_field({ field: fieldWord(of(v, 'field')) }),
  no_pictogram: (v) => m.label_finding_no_pictogram({ word: of(v, 'word') }),
  unencodable: (v) => m.label_finding_unencodable({ detail: of(v, 'detail') }),
  symbol_too_large: (v) => m.label_finding_symbol_too_large({ needed: of(v, 'needed'), available: of(v, 'available') }),
  media_size: m.label_finding_media_size,
  name_taken: m.label_finding_name_taken,
  when: m.label_finding_when,
  no_area: m.label_finding_no_area,
  leaves_label: (v) => m.label_finding_leaves_label({ media: of(v, 'media') }),
  module: m.label_finding_module,
  frame: m.label_finding_frame,
  slanting: m.label_finding_slanting,
  point_size: m.label_finding_point_size,
  smallest_size: m.label_finding_smallest_size,
  brace: m.label_finding_brace,
  unknown_field: (v) => m.label_finding_unknown_field({ field: of(v, 'field') }),
  personal_code: m.label_finding_personal_code,
  other: (v) => m.label_finding_other({ detail: of(v, 'detail') }),
};

/** What is wrong and what to do; under which conditions, where not always. */
export function findingWords(finding: LabelFinding): string {
  const words = FINDINGS[finding.code](finding.values);
  const when = [
    finding.dots_per_inch.length === 1 ? m.label_finding_at({ dpi: String(finding.dots_per_inch[0]) }) : '',
    finding.long ? m.label_finding_long() : '',
  ].filter(Boolean);
  const said = [...when, words].join('');
  return said.charAt(0).toUpperCase() + said.slice(1);
}

const FIELDS: Record<string, () => string> = {
  address: m.label_field_address,
  brand: m.label_field_brand,
  capacity: m.label_field_capacity,
  care: m.label_field_care,
  carrier: m.label_field_carrier,
  code: m.label_field_code,
  colour: m.label_field_colour,
  command: m.label_field_command,
  component: m.label_field_component,
  contents: m.label_field_contents,
  customer_order: m.label_field_customer_order,
  date: m.label_field_date,
  factory: m.label_field_factory,
  grade: m.label_field_grade,
  hint: m.label_field_hint,
  inspection: m.label_field_inspection,
  item_number: m.label_field_item_number,
  lining: m.label_field_lining,
  lining_second: m.label_field_lining_second,
  location: m.label_field_location,
  lot: m.label_field_lot,
  made_for: m.label_field_made_for,
  maker: m.label_field_maker,
  material: m.label_field_material,
  name: m.label_field_name,
  note: m.label_field_note,
  other_sizes: m.label_field_other_sizes,
  outsole: m.label_field_outsole,
  outsole_second: m.label_field_outsole_second,
  parcel: m.label_field_parcel,
  passport_url: m.label_field_passport_url,
  place: m.label_field_place,
  product_name: m.label_field_product_name,
  promise_date: m.label_field_promise_date,
  quantity: m.label_field_quantity,
  rack: m.label_field_rack,
  received: m.label_field_received,
  recipient: m.label_field_recipient,
  reprint_mark: m.label_field_reprint_mark,
  sender: m.label_field_sender,
  side: m.label_field_side,
  size: m.label_field_size,
  size_mm: m.label_field_size_mm,
  standard: m.label_field_standard,
  style: m.label_field_style,
  supplier: m.label_field_supplier,
  telephone: m.label_field_telephone,
  tracking: m.label_field_tracking,
  upper: m.label_field_upper,
  upper_second: m.label_field_upper_second,
  weight: m.label_field_weight,
  work: m.label_field_work,
  work_centre: m.label_field_work_centre,
  work_order: m.label_field_work_order,
};

/** A field in the reader's words; one of a later server as it is called there. */
export function fieldWord(name: string): string {
  const whole = FIELDS[name];
  if (whole) return whole();
  const stem = FIELDS[name.replace(/_(zh|en)$/, '')];
  if (!stem) return name;
  return name.endsWith('_zh') ? m.label_field_in_chinese({ field: stem() }) : m.label_field_in_english({ field: stem() });
}

/** What an element shows, for a list: its value with the fields in words, or what it is. */
export function elementWords(element: LabelElement): string {
  if (element.type === 'rect' || element.type === 'line') return ELEMENT_TYPES[element.type]();
  if (element.type === 'pictogram') {
    const word = PICTOGRAM_WORDS[element.value as Pictogram];
    if (word) return word();
  }
  return element.value.replace(/\{([a-z0-9_]+)\}/g, (_, field: string) => `‹${fieldWord(field)}›`);
}
