// The words and shapes of the board.
import type { Component } from 'svelte';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CloudOff from '@lucide/svelte/icons/cloud-off';
import GitCompareArrows from '@lucide/svelte/icons/git-compare-arrows';
import Hourglass from '@lucide/svelte/icons/hourglass';
import Square from '@lucide/svelte/icons/square';
import type { NodeState } from '$lib/protocol/NodeState';
import type { OrderNode } from '$lib/protocol/OrderNode';
import type { PrintState } from '$lib/protocol/PrintState';
import { m } from '$lib/i18n';
import type { ExceptionKind } from './exceptions';
import type { LoadPart } from './load';

export const EXCEPTION_LOOKS: Record<ExceptionKind, { word: () => string; icon: Component }> = {
  late: { word: m.board_late, icon: CalendarClock },
  blocked: { word: m.board_blocked, icon: Square },
  overrun: { word: m.board_overrun, icon: Hourglass },
  stations: { word: m.board_stations, icon: CloudOff },
  open_items: { word: m.open_items, icon: GitCompareArrows },
};

export const LOAD_WORDS: Record<LoadPart, () => string> = {
  running: m.standing_running,
  ready: m.standing_ready,
  paused: m.standing_paused,
  blocked: m.standing_blocked,
};

export const NODE_WORDS: Record<OrderNode, () => string> = {
  requirement: m.node_requirement,
  purchasing: m.node_purchasing,
  cutting: m.node_cutting,
  stitching: m.node_stitching,
  inspection: m.node_inspection,
  shipping: m.node_shipping,
};

export const NODE_STATE_WORDS: Record<NodeState, () => string> = { done: m.node_done, here: m.node_here, ahead: m.node_ahead };

export const PRINT_WORDS: Record<PrintState, () => string> = {
  queued: m.print_queued,
  sending: m.print_sending,
  sent: m.print_sent,
  confirmed: m.print_confirmed,
  failed_clean: m.print_failed,
  unknown: m.print_unknown,
  cancelled: m.print_cancelled,
};

/** Why a traveller is printed again: the id is recorded, the word is shown. */
export const REPRINT_REASONS = [
  { id: 'torn', word: m.reprint_torn },
  { id: 'dirty', word: m.reprint_dirty },
  { id: 'misprinted', word: m.reprint_misprinted },
  { id: 'missing', word: m.reprint_missing },
];
