// A small believable factory for the fake host: people, operations, options and as many pairs as are asked for.
import type { ChosenOption } from '$lib/protocol/ChosenOption';
import type { JobHead } from '$lib/protocol/JobHead';
import type { LocalText } from '$lib/protocol/LocalText';
import type { PairHead } from '$lib/protocol/PairHead';
import type { Parameter } from '$lib/protocol/Parameter';
import type { Role } from '$lib/protocol/Role';
import type { WorkerHead } from '$lib/protocol/WorkerHead';

const t = (zh: string, en: string): LocalText => ({ zh, en });

const person = (id: string, name: LocalText, short: LocalText, roles: Role[] = ['worker'], language: WorkerHead['language'] = 'zh-CN') =>
  ({ id, name, short, roles, language }) satisfies WorkerHead;

/** Badge codes of the people here. */
export const WORKERS: Record<string, WorkerHead> = {
  BKHXRD7G1: person('wang-jianguo', t('王建国', 'Wang Jianguo'), t('王师傅', 'Wang')),
  BPWF1YYX2: person('li-xiuying', t('李秀英', 'Li Xiuying'), t('李师傅', 'Li')),
  BQ7M2K4D3: person('anna-moretti', t('安娜·莫雷蒂', 'Anna Moretti'), t('安娜', 'Anna'), ['worker'], 'en'),
  BSUPER001: person('chen-zhimin', t('陈志敏', 'Chen Zhimin'), t('陈主管', 'Chen'), ['supervisor', 'inspector']),
  BCHECK001: person('zhou-min', t('周敏', 'Zhou Min'), t('周检', 'Zhou'), ['inspector']),
};

export const STYLES: Record<string, { name: LocalText; construction: LocalText }> = {
  oxford: { name: t('牛津鞋', 'Oxford'), construction: t('固特异沿条', 'Goodyear welted') },
  derby: { name: t('德比鞋', 'Derby'), construction: t('固特异沿条', 'Goodyear welted') },
  loafer: { name: t('乐福鞋', 'Loafer'), construction: t('Blake 内缝', 'Blake stitched') },
  chelsea: { name: t('切尔西靴', 'Chelsea boot'), construction: t('Blake 内缝', 'Blake stitched') },
};

const option = (group: string, id: string, name: LocalText, hex: string): ChosenOption => ({ group, id, name, hex });
const LEATHERS = [
  option('leather', 'box-calf', t('头层小牛皮', 'Box calf'), '#3A2A20'),
  option('leather', 'suede', t('反绒小牛皮', 'Calf suede'), '#8A6A4A'),
  option('leather', 'grain-calf', t('荔枝纹小牛皮', 'Grain calf'), '#5A3B28'),
  option('leather', 'shell-cordovan', t('马臀皮', 'Shell cordovan'), '#4A1F1C'),
];
const COLOURS = [
  option('colour', 'black', t('黑色', 'Black'), '#1B1A1A'),
  option('colour', 'cognac', t('干邑', 'Cognac'), '#A5612F'),
  option('colour', 'burgundy', t('酒红', 'Burgundy'), '#5C1A26'),
  option('colour', 'dark-brown', t('深咖', 'Dark brown'), '#4A2E20'),
  option('colour', 'navy', t('藏青', 'Navy'), '#1F2A44'),
  option('colour', 'tan', t('浅棕', 'Tan'), '#C08A55'),
  option('colour', 'forest', t('墨绿', 'Forest green'), '#24402F'),
  option('colour', 'chestnut', t('栗棕', 'Chestnut'), '#7A3E22'),
];
const LININGS = [
  option('lining', 'calf-natural', t('本色小牛里皮', 'Natural calf lining'), '#E3C79C'),
  option('lining', 'goat-tan', t('棕色羊里皮', 'Tan goat lining'), '#B98552'),
];
const SOLES = [
  option('sole', 'leather', t('植鞣皮底', 'Oak-bark leather sole'), '#A9753F'),
  option('sole', 'dainite', t('防滑橡胶底', 'Studded rubber sole'), '#22211F'),
  option('sole', 'half-rubber', t('皮底贴橡胶前掌', 'Leather, rubber forepart'), '#5B4632'),
];
const DETAILS = [
  option('detail', 'plain', t('素面', 'Plain'), '#B5713C'),
  option('detail', 'brogue', t('雕花', 'Brogue'), '#8A5028'),
  option('detail', 'buckle', t('金属鞋扣', 'Metal buckle'), '#B9A15A'),
];
const CUSTOMERS = [t('潘女士', 'Ms Pan'), t('曹先生', 'Mr Cao'), t('杜先生', 'Mr Du'), t('邓女士', 'Ms Deng'), t('李先生', 'Mr Li')];

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;
const HOUR_MS = 3_600_000;

/** The pair with this place in the list; the same place gives the same pair. */
export function pairAt(index: number, nowMs: number): PairHead {
  const style = pick(['oxford', 'derby', 'loafer', 'chelsea'], index * 7 + (index >> 2));
  const number = `WO-2611-${String(index + 1).padStart(3, '0')}`;
  const length = 238 + ((index * 13) % 46);
  const { name, construction } = STYLES[style]!;
  return {
    work_order: `wo-${index}`,
    code: `W${String(index).padStart(8, '0')}`,
    number,
    customer_order: `SO-2611-${String(Math.floor(index / 2) + 1).padStart(3, '0')}`,
    customer_name: pick(CUSTOMERS, index),
    style,
    style_name: name,
    construction,
    options: [
      pick(LEATHERS, index * 3),
      pick(COLOURS, index * 5 + 1),
      pick(LININGS, index),
      pick(SOLES, index),
      pick(DETAILS, index),
    ],
    size: { left_length_mm: length, right_length_mm: length + 2, left_girth_mm: length - 6, right_girth_mm: length - 4, eu: String(Math.round(length / 5 - 10)) },
    priority: index % 9 === 4 ? 'rush' : 'normal',
    promise_at: new Date(nowMs + (index - 2) * 9 * HOUR_MS).toISOString(),
    late: index % 11 === 3,
  };
}

/** An operation of the fake: what its jobs show. */
export interface FakeOperation {
  id: string;
  name: LocalText;
  pictogram: string;
  standard_time_s: number;
  steps: LocalText[];
  parameters: Parameter[];
}

const measure = (id: string, name: LocalText, unit: string, target: string, min: string, max: string, decimals: number, required = true): Parameter =>
  ({ id, name, unit, target, min, max, decimals, required });

export const OPERATIONS: FakeOperation[] = [
  {
    id: 'closing.stitch',
    name: t('缝合鞋面', 'Upper stitching'),
    pictogram: 'stitch',
    standard_time_s: 3600,
    steps: [t('对准记号 夹紧两片', 'Match marks, clip both parts'), t('沿边 2 mm 缝合', 'Stitch 2 mm from the edge'), t('转角抬压脚 不断线', 'Lift foot at corners, keep thread')],
    parameters: [
      measure('stitch_pitch', t('针距', 'Stitch pitch'), 'mm', '2.2', '2.0', '2.4', 1),
      measure('edge_distance', t('边距', 'Edge distance'), 'mm', '2.0', '1.8', '2.2', 1),
    ],
  },
  {
    id: 'closing.skive',
    name: t('片边', 'Skiving'),
    pictogram: 'skive',
    standard_time_s: 1200,
    steps: [t('刀口调到 15 度', 'Set the knife to 15°'), t('边宽 8 mm 片匀', 'Skive 8 mm, evenly')],
    parameters: [measure('edge_thickness', t('片边厚度', 'Edge thickness'), 'mm', '0.6', '0.5', '0.7', 1)],
  },
  {
    id: 'closing.lining',
    name: t('上里皮', 'Lining fitting'),
    pictogram: 'lining',
    standard_time_s: 2400,
    steps: [t('里皮刷胶 晾 5 分', 'Cement lining, wait 5 min'), t('由后跟向前贴合', 'Fit from the heel forward')],
    parameters: [],
  },
];

export const LASTING: JobHead['name'] = t('绷帮', 'Lasting');

/** The head of the job that this pair has here. */
export function jobOf(pair: PairHead, index: number, round: number): JobHead {
  const operation = pick(OPERATIONS, index % 5 === 3 ? 1 : index % 7 === 5 ? 2 : 0);
  return {
    id: `job-${index}`,
    work_order: pair.work_order,
    operation: operation.id,
    name: operation.name,
    short: operation.name,
    pictogram: operation.pictogram,
    work_centre: 'closing',
    round,
    inspection: false,
    standard_time_s: operation.standard_time_s,
  };
}
