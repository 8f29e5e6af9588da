// Settings of devices as the set-up screen turns them: from one choice to the next, and from a typed place to a connection.
import type { Connection } from '$lib/protocol/Connection';

export const BAUDS = [9600, 19_200, 38_400, 57_600, 115_200, 1200, 2400, 4800];
export const SHAPES = ['8N1', '7E1', '7O1', '8E1', '8O1', '7N2', '8N2'];
export const ROLES = ['any', 'work', 'badges', 'materials'] as const;
export const READS = ['symbols', 'tags'] as const;
/** Empty where the instrument sends its unit. */
export const UNITS = ['', 'mm', 'cm', 'µm', 'in', 'g', 'kg', 'mg', 'lb', 'oz', 'pcs', '%'];

/** The choice behind this one, and the first behind the last. A value that is none of them leads to the first. */
export function next<T>(choices: readonly T[], now: T): T {
  return choices[(choices.indexOf(now) + 1) % choices.length] as T;
}

export const nameOf = (connection: Connection): string => (connection.by === 'tcp' ? connection.place : connection.port);

/** A place as somebody types it: `192.168.1.60:2112` is on the network, anything else is a serial port. */
export function connectionTo(typed: string): Connection {
  const place = typed.trim();
  const isNetwork = /^[^/:\\]+:\d+$/.test(place) && !/^usb:/i.test(place);
  return isNetwork ? { by: 'tcp', place } : { by: 'serial', port: place, baud: 9600, shape: '8N1' };
}
