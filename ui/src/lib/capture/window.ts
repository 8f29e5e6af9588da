// Puts the wedge reader before everything else that listens for keys in this window.
import { LONGEST_GAP_MS, WedgeReader, type Reading } from './wedge';

/** What becomes of what the window reads. */
export interface CaptureListener {
  frame(text: string): void;
  garbled(text: string): void;
  /** A pad that takes every key, such as an address in set-up; it returns whether it took this one. */
  every?(event: KeyboardEvent): boolean;
  /** A pad that takes only what a hand types: a scan must never end up in a PIN. It returns whether it took the key. */
  slow?(key: string): boolean;
}

/** Listens in the capture phase; the returned function stops it. */
export function captureKeys(target: Pick<Window, 'addEventListener'>, listener: CaptureListener): () => void {
  const reader = new WedgeReader();
  const stops = new AbortController();
  const options = { capture: true, signal: stops.signal };
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  /** A lone character that no other follows was typed by hand. */
  const waitForMore = () => {
    clearTimeout(waiting);
    const lone = reader.lone;
    if (lone === null) return;
    waiting = setTimeout(() => {
      reader.drop();
      listener.slow?.(lone);
    }, LONGEST_GAP_MS + 1);
  };

  const pass = (reading: Reading, event: KeyboardEvent) => {
    if (reading.kind === 'ignored') {
      if (!event.ctrlKey && !event.altKey && !event.metaKey && listener.slow?.(event.key)) swallow(event);
      return;
    }
    swallow(event);
    waitForMore();
    if (reading.kind === 'frame') listener.frame(reading.text);
    if (reading.kind === 'garbled') listener.garbled(reading.text);
  };

  target.addEventListener(
    'keydown',
    (event: KeyboardEvent) => {
      if (listener.every?.(event)) return swallow(event);
      pass(reader.press(event, event.timeStamp), event);
    },
    options,
  );
  target.addEventListener('compositionstart', (event: CompositionEvent) => reader.compose(event.timeStamp), options);
  return () => {
    clearTimeout(waiting);
    stops.abort();
  };
}
