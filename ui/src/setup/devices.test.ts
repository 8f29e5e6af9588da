import { describe, expect, it } from 'vitest';
import { connectionTo, nameOf, next, SHAPES } from './devices';

describe('a place that somebody types', () => {
  it.each(['COM3', '/dev/ttyACM0', 'usb:0C2E:0B61', 'usb:0C2E:0B61,serial=S1', '\\\\.\\COM12', '/dev/serial/by-id/x:1'])('%s is a serial port', (port) => {
    expect(connectionTo(` ${port} `)).toEqual({ by: 'serial', port, baud: 9600, shape: '8N1' });
  });

  it.each(['192.168.1.60:2112', 'reader-2.local:4000'])('%s is on the network', (place) => {
    expect(connectionTo(place)).toEqual({ by: 'tcp', place });
    expect(nameOf(connectionTo(place))).toBe(place);
  });
});

describe('a choice that is turned', () => {
  it('goes round, and from an unknown value to the first', () => {
    expect(SHAPES.map((shape) => next(SHAPES, shape)).sort()).toEqual([...SHAPES].sort());
    expect(next(SHAPES, '9X9')).toBe('8N1');
  });
});
