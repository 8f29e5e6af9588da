// The only surface between the screens and their host. Screens import types from here and `platform` from `$platform`,
// never a host's own API, so that the same screens run in the desktop window, over HTTP and against the fake.
import type { Command } from '$lib/protocol/Command';
import type { Message } from '$lib/protocol/Message';
import type { RpcReply } from '$lib/protocol/RpcReply';
import type { StationEvent } from '$lib/protocol/StationEvent';

/** What this host can do. A screen hides, with a reason, what its host cannot. */
export interface Capabilities {
  /** Whether scanners and the printer of this PC can be configured. */
  devices: boolean;
  /** Whether this PC can be made a station from the screen. */
  enrol: boolean;
}

/** The host of the screens. */
export interface Platform {
  readonly capabilities: Capabilities;
  /** Sends one command. Rejects with {@link RpcRefused} when it could not be carried out at all. */
  rpc(command: Command): Promise<RpcReply>;
  /** Listens to the engine; the returned function stops it. */
  onEvent(listener: (event: StationEvent) => void): () => void;
}

/** A command that could not be carried out; a refusal on the floor is an answer instead. */
export class RpcRefused extends Error {
  constructor(readonly said: Message) {
    super(said.code);
  }
}

/** Makes a refusal from whatever a host rejected with. */
export function refusalFrom(thrown: unknown): RpcRefused {
  if (thrown instanceof RpcRefused) return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    const said = (thrown as { message: unknown }).message;
    if (typeof said === 'object' && said !== null && 'code' in said) return new RpcRefused(said as Message);
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new RpcRefused({ code: 'internal', params: { detail: { type: 'text', value: detail } } });
}

/** What a reply of a kind carries. */
export type ReplyValue<Kind extends RpcReply['reply']> = Extract<RpcReply, { reply: Kind }>['value'];

/** Sends a command and unpacks the one kind of reply it promises. */
export async function ask<Kind extends RpcReply['reply']>(
  platform: Platform,
  command: Command,
  kind: Kind,
): Promise<ReplyValue<Kind>> {
  const reply = await platform.rpc(command);
  if (reply.reply !== kind) throw refusalFrom(new Error(`${command.command} answered ${reply.reply}`));
  return reply.value as ReplyValue<Kind>;
}
