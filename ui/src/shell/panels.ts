// Everything that lies over the screens: questions, pads, and the panels that a hand opens.
import type { Component } from 'svelte';
import type { Overlay } from '$lib/state/Screens.svelte';
import CodePad from './CodePad.svelte';
import HistoryPanel from './HistoryPanel.svelte';
import StatusPanel from './StatusPanel.svelte';
import WorkerPanel from './WorkerPanel.svelte';

export { default as QuestionOverlay } from '../station/QuestionOverlay.svelte';
export { default as AskPrint } from './AskPrint.svelte';
export { default as PinPad } from './PinPad.svelte';

export const PANELS: Record<Overlay, Component> = { code: CodePad, worker: WorkerPanel, status: StatusPanel, history: HistoryPanel };
