// The office's way to the server: `/api/v1` in the browser, with the cookie that no script can read. Types are generated.
import type { AccountChange } from '$lib/protocol/AccountChange';
import type { AccountLine } from '$lib/protocol/AccountLine';
import type { AlarmLine } from '$lib/protocol/AlarmLine';
import type { CloseAlarm } from '$lib/protocol/CloseAlarm';
import type { ConfirmStation } from '$lib/protocol/ConfirmStation';
import type { IssuedBadge } from '$lib/protocol/IssuedBadge';
import type { IssuedEnrolment } from '$lib/protocol/IssuedEnrolment';
import type { IssuedPin } from '$lib/protocol/IssuedPin';
import type { KeptLabelDraft } from '$lib/protocol/KeptLabelDraft';
import type { LabelDesign } from '$lib/protocol/LabelDesign';
import type { LabelDraft } from '$lib/protocol/LabelDraft';
import type { LabelKind } from '$lib/protocol/LabelKind';
import type { LabelLine } from '$lib/protocol/LabelLine';
import type { LabelPreview } from '$lib/protocol/LabelPreview';
import type { LabelTestPage } from '$lib/protocol/LabelTestPage';
import type { NewAccount } from '$lib/protocol/NewAccount';
import type { NewEnrolment } from '$lib/protocol/NewEnrolment';
import type { NewPassword } from '$lib/protocol/NewPassword';
import type { NewWorker } from '$lib/protocol/NewWorker';
import type { NewWorkstation } from '$lib/protocol/NewWorkstation';
import type { OfficeRefusal } from '$lib/protocol/OfficeRefusal';
import type { OfficeSession } from '$lib/protocol/OfficeSession';
import type { OneTimePassword } from '$lib/protocol/OneTimePassword';
import type { Plant } from '$lib/protocol/Plant';
import type { RecoveryCodes } from '$lib/protocol/RecoveryCodes';
import type { ReleaseLabel } from '$lib/protocol/ReleaseLabel';
import type { SecondFactorOffer } from '$lib/protocol/SecondFactorOffer';
import type { SecondFactorProof } from '$lib/protocol/SecondFactorProof';
import type { SignIn } from '$lib/protocol/SignIn';
import type { StationLine } from '$lib/protocol/StationLine';
import type { TriedLabel } from '$lib/protocol/TriedLabel';
import type { WorkerChange } from '$lib/protocol/WorkerChange';
import type { WorkerLine } from '$lib/protocol/WorkerLine';
import type { WorkstationChange } from '$lib/protocol/WorkstationChange';
import type { WorkstationLine } from '$lib/protocol/WorkstationLine';

/** Why a request was not carried out: a refusal of ours, no answer, or a server that failed. */
export type OfficeTrouble = OfficeRefusal | 'unreachable' | 'gone' | 'failed';

/** A request that was not carried out. */
export class OfficeRefused extends Error {
  constructor(
    readonly trouble: OfficeTrouble,
    /** Seconds to wait, where that is the trouble. */
    readonly waitS: number = 0,
  ) {
    super(trouble);
  }
}

interface ShownProblem {
  refusal?: OfficeRefusal;
  retry_after_s?: number;
}

async function refusedBy(response: Response): Promise<OfficeRefused> {
  const problem = (await response.json().catch(() => ({}))) as ShownProblem;
  if (problem.refusal) return new OfficeRefused(problem.refusal, problem.retry_after_s ?? 0);
  return new OfficeRefused(response.status === 404 ? 'gone' : 'failed');
}

async function call<Reply>(method: string, path: string, body?: unknown): Promise<Reply> {
  const headers: Record<string, string> = { 'x-cordwainer-office': '1' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const request: RequestInit = { method, headers, credentials: 'same-origin' };
  if (body !== undefined) request.body = JSON.stringify(body);
  const response = await fetch(`/api/v1${path}`, request).catch(() => {
    throw new OfficeRefused('unreachable');
  });
  if (!response.ok) throw await refusedBy(response);
  return (response.status === 204 ? undefined : await response.json()) as Reply;
}

/** One function for every verb of the office. */
export const office = {
  session: () => call<OfficeSession>('GET', '/session'),
  signIn: (shown: SignIn) => call<OfficeSession>('POST', '/session', shown),
  signOut: () => call<void>('DELETE', '/session'),
  choosePassword: (wanted: NewPassword) => call<OfficeSession>('PUT', '/session/password', wanted),
  offerSecondFactor: () => call<SecondFactorOffer>('POST', '/session/second-factor'),
  proveSecondFactor: (proof: SecondFactorProof) => call<RecoveryCodes>('PUT', '/session/second-factor', proof),

  accounts: () => call<AccountLine[]>('GET', '/accounts'),
  addAccount: (wanted: NewAccount) => call<OneTimePassword>('POST', '/accounts', wanted),
  changeAccount: (id: string, wanted: AccountChange) => call<void>('PUT', `/accounts/${id}`, wanted),
  resetAccount: (id: string) => call<OneTimePassword>('POST', `/accounts/${id}/reset`),

  alarms: () => call<AlarmLine[]>('GET', '/alarms'),
  closeAlarm: (id: string, closing: CloseAlarm) => call<void>('POST', `/alarms/${encodeURIComponent(id)}/closing`, closing),

  labels: () => call<LabelLine[]>('GET', '/labels'),
  label: (kind: LabelKind) => call<LabelDesign>('GET', `/labels/${kind}`),
  previewLabel: (kind: LabelKind, tried: TriedLabel) => call<LabelPreview>('POST', `/labels/${kind}/preview`, tried),
  labelTestPage: (kind: LabelKind, tried: TriedLabel) => call<LabelTestPage>('POST', `/labels/${kind}/test`, tried),
  keepLabelDraft: (kind: LabelKind, draft: LabelDraft) => call<KeptLabelDraft>('PUT', `/labels/${kind}/draft`, draft),
  discardLabelDraft: (kind: LabelKind) => call<void>('DELETE', `/labels/${kind}/draft`),
  releaseLabel: (kind: LabelKind, wanted: ReleaseLabel) => call<void>('POST', `/labels/${kind}/releases`, wanted),

  plant: () => call<Plant>('GET', '/plant'),
  workers: () => call<WorkerLine[]>('GET', '/workers'),
  addWorker: (wanted: NewWorker) => call<IssuedBadge>('POST', '/workers', wanted),
  changeWorker: (id: string, wanted: WorkerChange) => call<void>('PUT', `/workers/${id}`, wanted),
  issueBadge: (id: string) => call<IssuedBadge>('POST', `/workers/${id}/badge`),
  issuePin: (id: string) => call<IssuedPin>('POST', `/workers/${id}/pin`),

  workstations: () => call<WorkstationLine[]>('GET', '/workstations'),
  addWorkstation: (wanted: NewWorkstation) => call<void>('POST', '/workstations', wanted),
  changeWorkstation: (id: string, wanted: WorkstationChange) =>
    call<void>('PUT', `/workstations/${encodeURIComponent(id)}`, wanted),
  stations: () => call<StationLine[]>('GET', '/stations'),
  enrol: (wanted: NewEnrolment) => call<IssuedEnrolment>('POST', '/stations/enrolments', wanted),
  confirmStation: (id: string, shown: ConfirmStation) => call<void>('POST', `/stations/${id}/confirmation`, shown),
  revokeStation: (id: string) => call<void>('DELETE', `/stations/${id}`),
};

/** The door as the office's screens know it; a test gives them another one. */
export type Office = typeof office;
