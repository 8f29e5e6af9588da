// Each language by its own name, as the person who needs it looks for it.
import type { Language } from '$lib/protocol/Language';

export const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: 'zh-CN', label: '中文' },
  { value: 'en', label: 'English' },
];
