import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import en from '../../../messages/en.json';
import zh from '../../../messages/zh-CN.json';
import { clockTime, day, timer, useTimeZone } from './format';
import { language } from './language.svelte';
import { say } from './say';
import { answers } from './Answers.svelte';
import { MESSAGES, PARAMETER_WORDS } from './answers';

const catalogues: Record<string, Record<string, string>> = { 'zh-CN': zh, en };
const placeholders = (said: string) => [...new Set([...said.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort();
const codes = [...readFileSync('src/lib/protocol/MessageCode.ts', 'utf8').matchAll(/"([a-z_]+)"/g)].map((match) => match[1]!);

/** Parameters of each code as its doc comment in the protocol names them. */
function documented(): Map<string, string[]> {
  const rust = readFileSync('../crates/protocol/src/message.rs', 'utf8');
  const body = rust.slice(rust.indexOf('pub enum MessageCode'));
  const found = new Map<string, string[]>();
  for (const [, names, variant] of body.matchAll(/\/\/\/ (.+)\n\s+([A-Z]\w+),/g)) {
    const code = variant!.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
    found.set(code, names === '(none)' ? [] : names!.split(', '));
  }
  return found;
}

describe('the catalogues', () => {
  it('share every key', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  });

  it('share the placeholders of every entry', () => {
    for (const key of Object.keys(zh)) {
      if (key === '$schema') continue;
      expect(placeholders(catalogues['en']![key]!), key).toEqual(placeholders(catalogues['zh-CN']![key]!));
    }
  });

  it('leave no entry empty', () => {
    for (const [locale, entries] of Object.entries(catalogues)) {
      for (const [key, said] of Object.entries(entries)) expect(said.trim(), `${locale} ${key}`).not.toBe('');
    }
  });

  it('write the English apostrophe as every font draws it narrow', () => {
    const wide = Object.entries(en).filter(([, said]) => said.includes('’'));
    expect(wide, 'a PC without a Latin font shows ’ as wide as a Chinese character').toEqual([]);
  });

  it('have an entry for every message code, in both languages', () => {
    expect(codes.length).toBeGreaterThan(60);
    for (const code of codes) {
      expect(zh, code).toHaveProperty(`msg_${code}`);
      expect(en, code).toHaveProperty(`msg_${code}`);
    }
    expect(Object.keys(MESSAGES).sort()).toEqual([...codes].sort());
  });

  it('hold no entry that no screen says', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|svelte)$/.test(file) && !file.includes('paraglide'));
    const screens = files.map((file) => readFileSync(`src/${file}`, 'utf8')).join('\n');
    const said = new Set([...screens.matchAll(/\bm\.(\w+)/g)].map((match) => match[1]));
    expect(Object.keys(en).filter((key) => key !== '$schema' && !said.has(key))).toEqual([]);
  });

  it('use no parameter that the protocol does not name', () => {
    const known = documented();
    expect([...known.keys()].sort(), 'every code has its line in the protocol').toEqual([...codes].sort());
    for (const [code, names] of known) {
      const derived = ['workstation', 'worker', 'standing'].some((name) => names.includes(name)) ? ['place'] : [];
      for (const used of placeholders(catalogues['en']![`msg_${code}`]!)) expect([...names, ...derived], code).toContain(used);
    }
  });
});

describe('the words of the protocol', () => {
  it('cover every type of code, since a refusal names what was scanned', () => {
    const rust = readFileSync('../crates/domain/src/code/mod.rs', 'utf8');
    const list = /pub enum CodeType \{(.*?)\n\}/s.exec(rust)?.[1] ?? '';
    const types = [...list.matchAll(/^\s+([A-Z]\w+),/gm)].map((match) => match[1]!.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
    expect(types.length).toBeGreaterThan(8);
    for (const type of types) expect(PARAMETER_WORDS, type).toHaveProperty(type);
  });
});

describe('saying a message', () => {
  beforeAll(() => answers.settled);

  const message = {
    code: 'predecessor_open' as const,
    params: {
      operation: { type: 'name' as const, value: { zh: '制帮', en: 'Closing' } },
      standing: { type: 'text' as const, value: 'running' },
      workstation: { type: 'name' as const, value: { zh: '3 号工位', en: 'Closing 3' } },
      worker: { type: 'name' as const, value: { zh: '李师傅', en: 'Li' } },
    },
  };

  it('says who, what and where in the reader’s language, and follows it at once', () => {
    language.speak('zh-CN');
    expect(say(message)).toBe('上一道 制帮 未完成（3 号工位 李师傅 进行中）');
    language.speak('en');
    expect(say(message)).toBe('Closing comes first and is not done (Closing 3 Li Running)');
  });

  it('says a dash for what the host left out', () => {
    language.speak('en');
    expect(say({ code: 'started', params: {} })).toBe('— — started');
  });

  it('says what a scanner is for, which only such a refusal names', () => {
    const refused = { code: 'scanner_not_for_this' as const, params: { got: { type: 'text' as const, value: 'badge' }, scanner_role: { type: 'text' as const, value: 'materials' } } };
    language.speak('zh-CN');
    expect(say(refused)).toBe('这是工牌。这把扫码枪只用于：物料和库位');
    language.speak('en');
    expect(say(refused)).toContain('This scanner is for: Materials and locations');
  });

  it('shows a code that is newer than this screen rather than nothing', () => {
    expect(say({ code: 'from_the_future' as never, params: {} })).toBe('from_the_future');
  });
});

describe('times', () => {
  it('are told in the site’s zone, not the window’s', () => {
    language.speak('zh-CN');
    useTimeZone('Asia/Shanghai');
    expect(clockTime('2026-11-26T02:42:00Z')).toBe('10:42');
    useTimeZone('Europe/Rome');
    expect(clockTime('2026-11-26T02:42:00Z')).toBe('03:42');
    useTimeZone('Asia/Shanghai');
  });

  it('name the day as each language does', () => {
    language.speak('zh-CN');
    expect(day('2026-11-26T02:42:00Z')).toBe('11月26日 周四');
    language.speak('en');
    expect(day('2026-11-26T02:42:00Z')).toBe('Thu 26 Nov');
  });

  it('count hours only when there are any', () => {
    expect(timer(725)).toBe('12:05');
    expect(timer(3725.9)).toBe('1:02:05');
  });
});
