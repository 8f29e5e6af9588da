// Who is signed in, which page is open, and what went wrong: the state that every screen of the office shares.
import { getContext, setContext } from 'svelte';
import { language } from '$lib/i18n';
import { OfficeRefused, type Office, type OfficeTrouble } from '$lib/platform/office';
import type { OfficeSession } from '$lib/protocol/OfficeSession';
import type { Right } from '$lib/protocol/Right';

/** What stands on the screen as a whole. */
export type Stage = 'opening' | 'unreachable' | 'signed_out' | 'signed_in';

export class OfficeModel {
  stage = $state<Stage>('opening');
  session = $state.raw<OfficeSession | null>(null);
  /** Whether the session ended without the person's doing. */
  ended = $state(false);

  constructor(readonly office: Office) {}

  /** Finds out whether a session is open already. */
  async open(): Promise<void> {
    this.stage = 'opening';
    try {
      this.began(await this.office.session());
    } catch (thrown) {
      this.stage = troubleOf(thrown) === 'session_over' ? 'signed_out' : 'unreachable';
    }
  }

  /** A session began, or changed what is open to its person. */
  began(session: OfficeSession): void {
    if (this.session?.account.id !== session.account.id) language.speak(session.account.language);
    this.session = session;
    this.ended = false;
    this.stage = 'signed_in';
  }

  /** Asks again what is open to the person. */
  async refresh(): Promise<void> {
    this.began(await this.office.session());
  }

  /** Leaves, also when the server does not answer: the screen shows nothing any more. */
  async signOut(): Promise<void> {
    await this.office.signOut().catch(() => undefined);
    this.session = null;
    this.stage = 'signed_out';
  }

  may(right: Right): boolean {
    return this.session?.rights.includes(right) ?? false;
  }

  /** Does something that the server may refuse. Answers with the trouble; a session that is over leads to the sign-in. */
  async attempt(work: () => Promise<void>): Promise<OfficeRefused | null> {
    try {
      await work();
      return null;
    } catch (thrown) {
      const refused = thrown instanceof OfficeRefused ? thrown : new OfficeRefused('failed');
      if (refused.trouble === 'session_over' && this.session) {
        this.session = null;
        this.ended = true;
        this.stage = 'signed_out';
      }
      if (refused.trouble === 'set_up_due') await this.refresh().catch(() => undefined);
      return refused;
    }
  }
}

function troubleOf(thrown: unknown): OfficeTrouble {
  return thrown instanceof OfficeRefused ? thrown.trouble : 'failed';
}

const KEY = Symbol('office');

export const provideOffice = (model: OfficeModel): OfficeModel => setContext(KEY, model);
export const useOffice = (): OfficeModel => getContext<OfficeModel>(KEY);
