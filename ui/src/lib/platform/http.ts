// The same router over HTTP: tests host it, and wall screens read it in a browser.
import type { RpcReply } from '$lib/protocol/RpcReply';
import type { StationEvent } from '$lib/protocol/StationEvent';
import { refusalFrom, type Platform } from './types';

async function post(command: unknown): Promise<RpcReply> {
  const response = await fetch('/rpc', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(command),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw body;
  return body as RpcReply;
}

export const platform: Platform = {
  capabilities: { devices: true, enrol: true },

  rpc: (command) =>
    post(command).catch((thrown: unknown) => {
      throw refusalFrom(thrown);
    }),

  onEvent(listener) {
    const stream = new EventSource('/events');
    stream.onmessage = (message: MessageEvent<string>) => listener(JSON.parse(message.data) as StationEvent);
    // EventSource reconnects by itself; what was said meanwhile is fetched again.
    let opened = false;
    stream.onopen = () => {
      if (opened) for (const value of ['state', 'work', 'printing'] as const) listener({ event: 'changed', value });
      opened = true;
    };
    return () => stream.close();
  },
};
