// A label while it is drawn: its template with everything that can be taken back, what is selected, the picture that the server
// draws of it, and what is wrong with it.
import type { LabelDesign } from '$lib/protocol/LabelDesign';
import type { LabelFinding } from '$lib/protocol/LabelFinding';
import type { OfficeRefused } from '$lib/platform/office';
import type { OfficeModel } from '../OfficeModel.svelte';
import { STEP_MM, moved, resized } from './geometry';
import { amended, begun, changed, redone, undone, type History } from './History';
import { CODE_FIELDS, boxOf, freeName, fresh, inBox, type BoxMm, type ElementType, type LabelElement, type LabelTemplate } from './template';

/** Long enough for a word to be typed, short enough to feel at once. */
const PREVIEW_AFTER_MS = 200;

export class DesignModel {
  private history = $state.raw<History<LabelTemplate>>(begun(NOTHING));
  design = $state.raw<LabelDesign | null>(null);
  /** Place of the selected element; none is the label itself. */
  selected = $state<number | null>(null);
  /** What the draft on the server says; what differs is not kept yet. */
  private kept = $state.raw<LabelTemplate>(NOTHING);
  dotsPerInch = $state<203 | 300>(203);
  long = $state(false);
  picture = $state<string | null>(null);
  findings = $state.raw<LabelFinding[]>([]);
  /** Whether picture and findings are of an earlier state. */
  stale = $state(true);
  refused = $state.raw<OfficeRefused | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(
    private readonly model: OfficeModel,
    readonly kind: LabelDesign['kind'],
  ) {}

  get template(): LabelTemplate {
    return this.history.now;
  }

  get element(): LabelElement | null {
    return this.selected === null ? null : (this.template.elements[this.selected] ?? null);
  }

  get dirty(): boolean {
    return this.history.now !== this.kept;
  }

  get mayUndo(): boolean {
    return this.history.past.length > 0;
  }

  get mayRedo(): boolean {
    return this.history.future.length > 0;
  }

  /** Only looking is open to some. */
  get keeps(): boolean {
    return this.model.may('keep_labels');
  }

  /** Whether something keeps it from being released. */
  get stopped(): boolean {
    return this.findings.some((finding) => finding.stops);
  }

  /** Whether what is drawn is not what stations print with already. */
  get releasable(): boolean {
    return this.design !== null && (this.dirty || this.design.draft !== null) && !this.stopped && !this.stale;
  }

  findingsOf(element: LabelElement): LabelFinding[] {
    return this.findings.filter((finding) => finding.element === element.name);
  }

  /** Fetches the draft, or what stations print with. */
  async open(): Promise<void> {
    this.refused = await this.model.attempt(async () => {
      const design = await this.model.office.label(this.kind);
      this.design = design;
      this.kept = design.template as LabelTemplate;
      this.history = begun(this.kept);
      this.selected = null;
      await this.preview();
    });
  }

  /** Another template; `within` a drag it is the same step. */
  put(template: LabelTemplate, within = false): void {
    if (!this.keeps) return;
    this.history = within ? amended(this.history, template) : changed(this.history, template);
    this.schedule();
  }

  undo(): void {
    this.history = undone(this.history);
    this.afterStep();
  }

  redo(): void {
    this.history = redone(this.history);
    this.afterStep();
  }

  private afterStep(): void {
    if (this.selected !== null && this.selected >= this.template.elements.length) this.selected = null;
    this.schedule();
  }

  /** Changes the selected element. */
  change(element: LabelElement, within = false): void {
    const place = this.selected;
    if (place === null) return;
    this.put({ ...this.template, elements: this.template.elements.map((each, at) => (at === place ? element : each)) }, within);
  }

  /** Puts the selected element into another box. */
  place(box: BoxMm, within = false): void {
    if (this.element) this.change(inBox(this.element, box), within);
  }

  /** An arrow key: half a millimetre to somewhere, or so much larger. */
  nudge([right, down]: readonly [number, number], resize: boolean): void {
    if (!this.element) return;
    const by = [right * STEP_MM, down * STEP_MM] as const;
    const [box, media] = [boxOf(this.element), this.template.media_mm];
    this.place(resize ? resized(box, by, media) : moved(box, by, media));
  }

  add(type: ElementType): void {
    const code = this.design?.fields.find((field) => CODE_FIELDS.includes(field.name))?.name ?? 'code';
    this.append(fresh(type, this.template, code));
  }

  duplicate(): void {
    if (!this.element) return;
    const copy = { ...this.element, name: freeName(this.template, this.element.name) };
    this.append(inBox(copy, moved(boxOf(copy), [STEP_MM * 4, STEP_MM * 4], this.template.media_mm)));
  }

  private append(element: LabelElement): void {
    this.put({ ...this.template, elements: [...this.template.elements, element] });
    if (this.keeps) this.selected = this.template.elements.length - 1;
  }

  remove(): void {
    const place = this.selected;
    if (place === null || !this.keeps) return;
    this.put({ ...this.template, elements: this.template.elements.filter((_, at) => at !== place) });
    this.selected = null;
  }

  /** Draws the picture again once nothing has happened for a moment. */
  schedule(): void {
    this.stale = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.preview(), PREVIEW_AFTER_MS);
  }

  /** Nothing is asked for any more. */
  close(): void {
    clearTimeout(this.timer);
    this.asked += 1;
  }

  private async preview(): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    const refused = await this.model.attempt(async () => {
      const preview = await this.model.office.previewLabel(this.kind, this.tried());
      // An answer that was overtaken is of no use.
      if (asked !== this.asked) return;
      this.picture = preview.png_base64;
      this.findings = preview.findings;
      this.stale = false;
    });
    if (asked === this.asked) this.refused = refused;
  }

  private tried() {
    return { template: this.template, dots_per_inch: this.dotsPerInch, long: this.long };
  }

  /** Keeps the draft on the server. */
  async save(): Promise<OfficeRefused | null> {
    const [template, design] = [this.template, this.design];
    if (!design) return null;
    this.refused = await this.model.attempt(async () => {
      const kept = await this.model.office.keepLabelDraft(this.kind, { template, row_version: design.row_version });
      const mark = { at: new Date().toISOString(), by: this.model.session?.account.name ?? null };
      this.design = { ...design, row_version: kept.row_version, draft: mark };
      this.kept = template;
    });
    return this.refused;
  }

  /** Makes it the next version, which every station prints with. */
  async release(reason: string): Promise<OfficeRefused | null> {
    const unsaved = this.dirty ? await this.save() : null;
    if (unsaved) return unsaved;
    return this.model.attempt(async () => {
      await this.model.office.releaseLabel(this.kind, { reason, row_version: this.design?.row_version ?? 0 });
      await this.open();
    });
  }

  /** Throws the draft away. */
  async discard(): Promise<OfficeRefused | null> {
    return this.model.attempt(async () => {
      if (this.design?.draft) await this.model.office.discardLabelDraft(this.kind);
      await this.open();
    });
  }

  /** The page to print a test with. */
  async testPage(): Promise<void> {
    this.refused = await this.model.attempt(async () => {
      const page = await this.model.office.labelTestPage(this.kind, this.tried());
      const bytes = Uint8Array.from(atob(page.pdf_base64), (letter) => letter.charCodeAt(0));
      const url = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
      const link = document.createElement('a');
      [link.href, link.download] = [url, page.file_name];
      link.click();
      URL.revokeObjectURL(url);
    });
  }
}

const NOTHING: LabelTemplate = { name: '', version: 0, media_mm: { width: 1, height: 1, gap: 0 }, elements: [] };
