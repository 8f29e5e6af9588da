// The whole Goodyear routing for the fake: what a pair page and an inspection need beside the station's own operations.
import type { JobHead } from '$lib/protocol/JobHead';
import type { LocalText } from '$lib/protocol/LocalText';
import type { PairHead } from '$lib/protocol/PairHead';

interface Step {
  operation: string;
  name: LocalText;
  short: LocalText;
  pictogram: string;
  work_centre: string;
  standard_time_s: number;
}

const step = (operation: string, zh: string, en: string, shortZh: string, shortEn: string, pictogram: string, work_centre: string, standard_time_s: number): Step => ({
  operation,
  name: { zh, en },
  short: { zh: shortZh, en: shortEn },
  pictogram,
  work_centre,
  standard_time_s,
});

export const ROUTING: readonly Step[] = [
  step('cutting.pattern', '制版', 'Pattern making', '制版', 'Pattern', 'pattern', 'cutting', 5400),
  step('cutting.upper', '面料裁断', 'Upper cutting', '面料裁断', 'Cut upper', 'cut', 'cutting', 2700),
  step('cutting.lining', '里皮裁断', 'Lining cutting', '里皮裁断', 'Cut lining', 'cut-lining', 'cutting', 1500),
  step('closing.skive', '片边', 'Skiving', '片边', 'Skive', 'skive', 'closing', 1500),
  step('closing.mark', '划线冲孔', 'Marking and punching', '划线冲孔', 'Mark+punch', 'punch', 'closing', 480),
  step('closing.stitch', '针车缝帮', 'Upper stitching', '缝帮', 'Stitch', 'stitch', 'closing', 7200),
  step('closing.lining', '套里合帮', 'Lining fitting', '套里', 'Fit lining', 'lining', 'closing', 3000),
  step('closing.inspect', '帮面检验', 'Closing inspection', '帮面检验', 'QC closing', 'inspect', 'inspection', 480),
  step('bottom.insole', '中底裁制', 'Insole making', '中底裁制', 'Insole', 'insole', 'bottom_stock', 1800),
  step('bottom.rib', '中底起埂', 'Holdfast (insole rib)', '中底起埂', 'Holdfast', 'rib', 'bottom_stock', 2700),
  step('bottom.outsole', '大底制备', 'Outsole preparation', '大底制备', 'Outsole', 'outsole', 'bottom_stock', 2400),
  step('bottom.heel', '叠跟', 'Heel building', '叠跟', 'Heel stack', 'heel-stack', 'bottom_stock', 2700),
  step('lasting.upper', '绷帮', 'Lasting', '绷帮', 'Last', 'last', 'lasting', 5400),
  step('lasting.inspect', '绷帮检验', 'Lasting inspection', '绷帮检验', 'QC lasting', 'inspect', 'inspection', 480),
  step('soling.welt', '缝沿条', 'Welting (Goodyear)', '缝沿条', 'Welt', 'welt', 'soling', 6000),
  step('soling.fill', '装勾心填软木', 'Shank and cork filling', '填软木', 'Shank+cork', 'cork', 'soling', 1500),
  step('soling.attach', '贴大底', 'Outsole bonding', '贴大底', 'Bond sole', 'bond', 'soling', 1800),
  step('soling.outstitch', '缝大底', 'Outsole stitching', '缝大底', 'Outstitch', 'outstitch', 'soling', 2700),
  step('soling.heel', '装跟', 'Heel fixing', '装跟', 'Fix heel', 'heel', 'soling', 1800),
  step('finishing.trim', '铣边', 'Edge trimming', '铣边', 'Trim edge', 'trim', 'finishing', 2400),
  step('finishing.burnish', '烫边打蜡', 'Edge burnishing', '烫边打蜡', 'Burnish', 'burnish', 'finishing', 2700),
  step('finishing.delast', '出楦', 'Pulling the last', '出楦', 'Pull last', 'delast', 'finishing', 300),
  step('finishing.sock', '贴鞋垫', 'Sock fitting', '贴鞋垫', 'Sock', 'sock', 'finishing', 600),
  step('finishing.polish', '鞋面抛光', 'Polishing', '鞋面抛光', 'Polish', 'polish', 'finishing', 3600),
  step('finishing.inspect', '成品检验', 'Final inspection', '成品检验', 'Final QC', 'inspect', 'inspection', 900),
  step('packing.pack', '包装入盒', 'Packing', '包装', 'Pack', 'pack', 'packing', 600),
];

export const WORK_CENTRES = [
  { id: 'cutting', name: { zh: '裁断', en: 'Cutting' } },
  { id: 'closing', name: { zh: '制帮', en: 'Closing' } },
  { id: 'bottom_stock', name: { zh: '底部件', en: 'Bottom stock' } },
  { id: 'lasting', name: { zh: '绷帮', en: 'Lasting' } },
  { id: 'soling', name: { zh: '缝底', en: 'Soling' } },
  { id: 'finishing', name: { zh: '修饰', en: 'Finishing' } },
  { id: 'inspection', name: { zh: '品检', en: 'Inspection' } },
  { id: 'packing', name: { zh: '包装', en: 'Packing' } },
] as const;

/** The place of the finished pair's inspection in the routing. */
export const FINAL_INSPECTION = ROUTING.findIndex((one) => one.operation === 'finishing.inspect');

/** The job of this step for a pair. */
export function routedJob(pair: PairHead, index: number, round = 0): JobHead {
  const one = ROUTING[index]!;
  return { ...one, id: `${pair.work_order} ${one.operation}`, work_order: pair.work_order, round, inspection: one.operation.endsWith('.inspect') };
}
