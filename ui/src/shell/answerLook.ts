// The shape and colour of every kind of answer.
import type { Component } from 'svelte';
import Check from '@lucide/svelte/icons/check';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Hand from '@lucide/svelte/icons/hand';
import Lock from '@lucide/svelte/icons/lock';
import LogOut from '@lucide/svelte/icons/log-out';
import Pause from '@lucide/svelte/icons/pause';
import Play from '@lucide/svelte/icons/play';
import Printer from '@lucide/svelte/icons/printer';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Search from '@lucide/svelte/icons/search';
import Settings2 from '@lucide/svelte/icons/settings-2';
import SquareX from '@lucide/svelte/icons/square-x';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserRoundCheck from '@lucide/svelte/icons/user-round-check';
import type { AnswerKind } from '$lib/protocol/AnswerKind';

/** `calm` is grey: nothing is abnormal about it. */
export type Hue = 'running' | 'done' | 'rework' | 'paused' | 'blocked' | 'calm';

export const ANSWER_LOOKS: Record<AnswerKind, { icon: Component; hue: Hue }> = {
  signed_in: { icon: UserRoundCheck, hue: 'done' },
  signed_out: { icon: LogOut, hue: 'calm' },
  locked: { icon: Lock, hue: 'calm' },
  pin_needed: { icon: CircleQuestionMark, hue: 'calm' },
  started: { icon: Play, hue: 'running' },
  resumed: { icon: Play, hue: 'running' },
  paused: { icon: Pause, hue: 'paused' },
  signed_off: { icon: Check, hue: 'done' },
  passed: { icon: Check, hue: 'done' },
  failed: { icon: SquareX, hue: 'rework' },
  disposed: { icon: RotateCcw, hue: 'rework' },
  resolved: { icon: Check, hue: 'done' },
  undone: { icon: Undo2, hue: 'calm' },
  repeat: { icon: RotateCcw, hue: 'paused' },
  choose: { icon: CircleQuestionMark, hue: 'calm' },
  needs_values: { icon: CircleQuestionMark, hue: 'calm' },
  confirm_early: { icon: CircleQuestionMark, hue: 'calm' },
  picked: { icon: Check, hue: 'calm' },
  label: { icon: Printer, hue: 'calm' },
  found: { icon: Search, hue: 'calm' },
  setting: { icon: Settings2, hue: 'calm' },
  refused: { icon: Hand, hue: 'blocked' },
  unknown: { icon: CircleQuestionMark, hue: 'blocked' },
  unresolved: { icon: CircleQuestionMark, hue: 'blocked' },
};
