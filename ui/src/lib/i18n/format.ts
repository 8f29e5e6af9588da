// Numbers, dates, ages and names, by the reader's language and the site's time zone.
import type { Language } from '$lib/protocol/Language';
import type { LocalText } from '$lib/protocol/LocalText';
import * as m from '$lib/paraglide/messages';
import { language } from './language.svelte';
import { zone } from './zone.svelte';

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Tells in which zone instants are said. */
export function useTimeZone(site: string): void {
  zone.use(site);
}

function format(name: string, options: Intl.DateTimeFormatOptions, spoken: Language): Intl.DateTimeFormat {
  const timeZone = zone.now;
  const key = `${name} ${spoken} ${timeZone}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(spoken === 'en' ? 'en-GB' : spoken, { ...options, timeZone });
  formats.set(key, made);
  return made;
}

/** A name or sentence of the factory's data in the reader's language. */
export function text(said: LocalText): string {
  return language.now === 'en' ? said.en : said.zh;
}

/** 10:42 */
export function clockTime(instant: string | number): string {
  return format('clock', { hour: '2-digit', minute: '2-digit', hour12: false }, language.now).format(new Date(instant));
}

/** 11月26日 周四 · Thu 26 Nov */
export function day(instant: string | number): string {
  const date = new Date(instant);
  if (language.now === 'en') {
    return format('day', { weekday: 'short', day: 'numeric', month: 'short' }, 'en').format(date).replace(',', '');
  }
  const date_part = format('date', { month: 'long', day: 'numeric' }, 'zh-CN').format(date);
  return `${date_part} ${format('weekday', { weekday: 'short' }, 'zh-CN').format(date)}`;
}

/** The time of today, the day and time of any other day. */
export function moment(instant: string | number, now: number): string {
  const key = (at: string | number) => format('key', { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en').format(new Date(at));
  return key(instant) === key(now) ? clockTime(instant) : `${day(instant)} ${clockTime(instant)}`;
}

/** The time of today, the date of any other day: where there is room for one of them. */
export function brief(instant: string | number, now: number): string {
  const said = moment(instant, now);
  if (said === clockTime(instant)) return said;
  return format('date', { month: language.now === 'en' ? 'short' : 'long', day: 'numeric' }, language.now).format(new Date(instant));
}

/** 5 分钟 · 5 min: how long ago, one unit. */
export function age(instant: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000);
  if (seconds < MINUTE_S) return m.age_now();
  if (seconds < HOUR_S) return m.age_minutes({ n: Math.floor(seconds / MINUTE_S) });
  if (seconds < DAY_S) return m.age_hours({ n: Math.floor(seconds / HOUR_S) });
  return m.age_days({ n: Math.floor(seconds / DAY_S) });
}

/** 1:02:05 or 12:05: a timer. */
export function timer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / HOUR_S);
  const rest = `${two(Math.floor((whole % HOUR_S) / MINUTE_S))}:${two(whole % MINUTE_S)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** 45 分钟, 1 小时 30 分: a standard time. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / MINUTE_S);
  if (minutes < 60) return m.duration_minutes({ n: minutes });
  if (minutes % 60 === 0) return m.age_hours({ n: minutes / 60 });
  return m.duration_hours({ h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** A number by locale; decimals of the factory's data are text and stay as they are. */
export function number(value: number): string {
  return new Intl.NumberFormat(language.now).format(value);
}
