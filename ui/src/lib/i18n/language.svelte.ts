// The language of the screens. It follows the station's state; a change repaints every word and reloads nothing.
import type { Language } from '$lib/protocol/Language';
import { overwriteGetLocale } from '$lib/paraglide/runtime';

class ScreenLanguage {
  #now = $state<Language>('zh-CN');

  get now(): Language {
    return this.#now;
  }

  /** Speaks this language from the next paint on. */
  speak(language: Language): void {
    this.#now = language;
    if (typeof document !== 'undefined') document.documentElement.lang = language;
  }
}

export const language = new ScreenLanguage();

// Paraglide's own change of language reloads the page. Reading our state instead makes every message reactive.
overwriteGetLocale(() => language.now);
