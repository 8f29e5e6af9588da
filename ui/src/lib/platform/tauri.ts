// The desktop window's host. The only file that imports Tauri.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { RpcReply } from '$lib/protocol/RpcReply';
import type { StationEvent } from '$lib/protocol/StationEvent';
import { refusalFrom, type Platform } from './types';

export const platform: Platform = {
  capabilities: { devices: true, enrol: true },

  rpc: (command) =>
    invoke<RpcReply>('rpc', { command }).catch((thrown: unknown) => {
      throw refusalFrom(thrown);
    }),

  onEvent(listener) {
    const stop = listen<StationEvent>('station', (event) => listener(event.payload));
    return () => void stop.then((unlisten) => unlisten());
  },
};
