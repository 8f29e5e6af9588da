// Puts the wedge reader before everything else that listens for keys in this window.
import { WedgeReader, type Reading } from './wedge';

/** What becomes of what the window reads. */
export interface CaptureListener {
  frame(text: string): void;
  garbled(text: string): void;
  /** A pad on screen that takes keys itself, such as an address in set-up; it returns whether it took the key. */
  typed?(event: KeyboardEvent): boolean;
}

/** Listens in the capture phase; the returned function stops it. */
export function captureKeys(target: Window, listener: CaptureListener): () => void {
  const reader = new WedgeReader();
  const stops = new AbortController();
  const options = { capture: true, signal: stops.signal };

  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const pass = (reading: Reading, event: Event) => {
    if (reading.kind === 'ignored') return;
    swallow(event);
    if (reading.kind === 'frame') listener.frame(reading.text);
    if (reading.kind === 'garbled') listener.garbled(reading.text);
  };

  target.addEventListener(
    'keydown',
    (event) => {
      if (listener.typed?.(event)) return swallow(event);
      pass(reader.press(event, event.timeStamp), event);
    },
    options,
  );
  target.addEventListener('compositionstart', (event) => reader.compose(event.timeStamp), options);
  return () => stops.abort();
}
