// The demo factory's thirty defects for the fake, so that the outlines are tried with real places.
import type { DefectCard } from '$lib/protocol/DefectCard';
import type { Severity } from '$lib/protocol/Severity';
import type { View } from '$lib/protocol/View';

function defect(id: string, code: string, zh: string, en: string, severity: Severity, view: View, x: number, y: number, operation: string, pictogram: string): DefectCard {
  return { defect: { id, code, name: { zh, en }, severity, view, x, y, operation, pictogram }, operation_name: { zh: operation, en: operation } };
}

export const DEFECTS: DefectCard[] = [
  defect('skipped-stitch', 'DC2GX0XK', '跳针', 'Skipped stitch', 'major', 'side', 330, 470, 'closing.stitch', 'defect-skip'),
  defect('loose-stitch', 'D6EXE4D8', '线迹松浮', 'Loose stitch', 'major', 'side', 450, 330, 'closing.stitch', 'defect-stitch'),
  defect('uneven-pitch', 'D84PTPVV', '针距不匀', 'Uneven stitch pitch', 'minor', 'side', 590, 420, 'closing.stitch', 'defect-stitch'),
  defect('crooked-seam', 'DR0A15V8', '缝线歪斜', 'Crooked seam', 'major', 'top', 500, 255, 'closing.stitch', 'defect-crooked'),
  defect('thread-end', 'DJB3TN4D', '线头未修', 'Loose thread end', 'minor', 'top', 430, 560, 'closing.stitch', 'defect-thread'),
  defect('thin-edge', 'D3CP5HEA', '片边过薄', 'Edge skived too thin', 'major', 'side', 660, 190, 'closing.skive', 'defect-edge'),
  defect('hole-misaligned', 'D5RFJPXD', '冲孔不对称', 'Punched holes uneven', 'minor', 'top', 560, 470, 'closing.mark', 'defect-hole'),
  defect('hide-scar', 'DR2K0NR8', '皮面伤残', 'Scar in the hide', 'major', 'side', 240, 560, 'cutting.upper', 'defect-scratch'),
  defect('loose-grain', 'DR2704VP', '松面', 'Loose grain', 'major', 'side', 400, 570, 'cutting.upper', 'defect-wrinkle'),
  defect('shade-difference', 'DSFPB8EE', '左右色差', 'Shade differs in the pair', 'major', 'top', 400, 300, 'cutting.upper', 'defect-shade'),
  defect('upper-torn', 'D3HKGPYM', '鞋面破裂', 'Upper cracked or torn', 'critical', 'side', 170, 620, 'cutting.upper', 'defect-crack'),
  defect('lining-wrinkle', 'D7N32E3R', '里皮起皱', 'Wrinkled lining', 'minor', 'inside', 225, 640, 'closing.lining', 'defect-wrinkle'),
  defect('lining-loose', 'D7V7RPXJ', '口边里皮开缝', 'Lining open at top line', 'major', 'inside', 750, 800, 'closing.lining', 'defect-gap'),
  defect('upper-wrinkle', 'D358D8BP', '鞋面起皱', 'Wrinkled upper', 'major', 'top', 600, 200, 'lasting.upper', 'defect-wrinkle'),
  defect('toe-crooked', 'DVYBT0SA', '鞋头歪斜', 'Toe not straight', 'major', 'top', 500, 120, 'lasting.upper', 'defect-crooked'),
  defect('back-height', 'DDP1GDXW', '后帮高低不一', 'Back heights differ', 'major', 'heel', 500, 150, 'lasting.upper', 'defect-size'),
  defect('back-seam-crooked', 'DMGB9ZBQ', '后缝歪斜', 'Back seam off centre', 'major', 'heel', 500, 400, 'lasting.upper', 'defect-crooked'),
  defect('pair-size', 'DB05PMKK', '左右尺寸不符', 'Size differs from order', 'critical', 'top', 500, 40, 'lasting.upper', 'defect-size'),
  defect('welt-gap', 'DQQ5ARZ1', '沿条离缝', 'Gap at the welt', 'major', 'side', 250, 775, 'soling.welt', 'defect-gap'),
  defect('bond-open', 'DWQH3ADY', '开胶', 'Sole bond open', 'critical', 'side', 110, 820, 'soling.attach', 'defect-gap'),
  defect('outsole-stitch-skip', 'DRHWTVT8', '底线跳针', 'Skipped sole stitch', 'major', 'sole', 160, 330, 'soling.outstitch', 'defect-skip'),
  defect('blake-stitch-loose', 'DZ1D9PV1', '内缝线松', 'Loose Blake stitch', 'major', 'inside', 500, 330, 'soling.blake', 'defect-stitch'),
  defect('heel-loose', 'DQ0WM85F', '鞋跟松动', 'Loose heel', 'critical', 'heel', 500, 800, 'soling.heel', 'defect-loose'),
  defect('heel-tilt', 'DA7FJQYF', '鞋跟歪斜', 'Heel not level', 'major', 'heel', 400, 880, 'soling.heel', 'defect-crooked'),
  defect('nail-point', 'DHQ65JPD', '钉头外露', 'Nail point inside', 'critical', 'inside', 500, 830, 'soling.heel', 'defect-nail'),
  defect('edge-rough', 'DB5FKQM4', '底边粗糙', 'Rough sole edge', 'minor', 'side', 480, 830, 'finishing.trim', 'defect-edge'),
  defect('edge-ink', 'DE56QX3B', '边油不匀', 'Uneven edge ink', 'minor', 'sole', 105, 480, 'finishing.burnish', 'defect-stain'),
  defect('glue-stain', 'D0TZJTKF', '溢胶', 'Glue on the upper', 'minor', 'side', 560, 745, 'finishing.polish', 'defect-stain'),
  defect('polish-uneven', 'DNE2RVT9', '抛光不匀', 'Uneven polish', 'minor', 'top', 440, 180, 'finishing.polish', 'defect-shade'),
  defect('sock-uneven', 'DNKREN0K', '鞋垫不平', 'Sock not flat', 'minor', 'inside', 500, 710, 'finishing.sock', 'defect-loose'),
];
