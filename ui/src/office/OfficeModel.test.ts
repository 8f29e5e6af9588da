import { describe, expect, it } from 'vitest';
import { OfficeRefused, type Office, type OfficeTrouble } from '$lib/platform/office';
import { ALARM_WORDS, language } from '$lib/i18n';
import type { OfficeSession } from '$lib/protocol/OfficeSession';
import { Listing } from './Listing.svelte';
import { OfficeModel } from './OfficeModel.svelte';
import { ALARM_REASONS, troubleWords } from './words';

const SESSION: OfficeSession = {
  account: { id: 'a', login: 'chen', name: '陈静', roles: ['supervisor'], language: 'en' },
  site: 's',
  rights: ['see_workers', 'issue_badges'],
  due: null,
  recovery_codes_left: 10,
};

/** A door at which everything is refused for one reason, but signing in. */
function door(trouble: OfficeTrouble): Office {
  const refuse = () => Promise.reject(new OfficeRefused(trouble));
  return new Proxy({} as Office, { get: (_, verb) => (verb === 'signIn' ? () => Promise.resolve(SESSION) : refuse) });
}

describe('the office', () => {
  it('asks for a sign-in where no session is open, and says so where the server does not answer', async () => {
    const nobody = new OfficeModel(door('session_over'));
    await nobody.open();
    expect(nobody.stage).toBe('signed_out');
    expect(nobody.ended, 'nothing ended: nothing had begun').toBe(false);
    const away = new OfficeModel(door('unreachable'));
    await away.open();
    expect(away.stage).toBe('unreachable');
  });

  it('goes back to the sign-in when the session is over, and tells why', async () => {
    const model = new OfficeModel(door('session_over'));
    model.began(await model.office.signIn({ login: '', password: '', code: null }));
    expect(model.stage).toBe('signed_in');
    const refused = await model.attempt(async () => void (await model.office.workers()));
    expect(refused?.trouble).toBe('session_over');
    expect([model.stage, model.ended, model.session]).toEqual(['signed_out', true, null]);
  });

  it('stays where it is when only one thing is refused', async () => {
    const model = new OfficeModel(door('no_right'));
    model.began(SESSION);
    expect((await model.attempt(() => model.office.resetAccount('b').then(() => undefined)))?.trouble).toBe('no_right');
    expect(model.stage).toBe('signed_in');
  });

  it('shows what the rights allow', () => {
    const model = new OfficeModel(door('failed'));
    model.began(SESSION);
    expect([model.may('issue_badges'), model.may('keep_accounts')]).toEqual([true, false]);
  });
});

describe('a station that waits', () => {
  it('goes on waiting when its fingerprint is another, and the person is told what to do', async () => {
    const model = new OfficeModel(door('fingerprint_differs'));
    model.began(SESSION);
    const refused = await model.attempt(() => model.office.confirmStation('s', { fingerprint: '0000-0000-0000-0000' }));
    expect(refused?.trouble).toBe('fingerprint_differs');
    expect(model.stage, 'nobody is signed out by it').toBe('signed_in');
    for (const [spoken, words] of [['zh-CN', '撤销'], ['en', 'revoke']] as const) {
      language.speak(spoken);
      expect(troubleWords(refused!)).toContain(words);
    }
  });
});

describe('an alarm', () => {
  it('has words, a next step and reasons to close it in both languages', () => {
    for (const spoken of ['zh-CN', 'en'] as const) {
      language.speak(spoken);
      const said = Object.values(ALARM_WORDS).flatMap(({ what, todo }) => [what(), todo()]);
      expect(new Set(said).size, 'each says something of its own').toBe(said.length);
      expect(Object.values(ALARM_REASONS).every((word) => word().length > 0)).toBe(true);
    }
  });
});

describe('a list', () => {
  it('finds lines by every word of the search, in any order, and keeps its own order', async () => {
    const model = new OfficeModel(door('failed'));
    const listing = new Listing(model, async () => ['wang closing', 'li cutting', 'li closing'], (line) => line, (a, b) => a.localeCompare(b));
    await listing.fetch();
    listing.search = ' CLOSING li';
    expect(listing.shown).toEqual(['li closing']);
    listing.search = '';
    expect(listing.shown).toEqual(['li closing', 'li cutting', 'wang closing']);
  });

  it('keeps what is over out of sight until it is asked for, and last even then', async () => {
    const model = new OfficeModel(door('failed'));
    const listing = new Listing(model, async () => ['ended b', 'lives c', 'ended a', 'lives b'], (line) => line, (a, b) => a.localeCompare(b), (line) => line.startsWith('ended'));
    expect(listing.past, 'before anything is fetched').toBe(0);
    await listing.fetch();
    expect([listing.shown, listing.past]).toEqual([['lives b', 'lives c'], 2]);
    listing.search = 'a';
    expect(listing.shown, 'a search does not bring it back').toEqual([]);
    listing.search = '';
    listing.showsPast = true;
    expect(listing.shown).toEqual(['lives b', 'lives c', 'ended a', 'ended b']);
  });

  it('keeps what went wrong for the page to say', async () => {
    const model = new OfficeModel(door('unreachable'));
    const listing = new Listing(model, () => model.office.workers(), (line) => line.id);
    await listing.fetch();
    expect([listing.lines, listing.refused?.trouble]).toEqual([null, 'unreachable']);
  });
});
