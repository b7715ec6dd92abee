import type { ClientPacket } from './codec/packets.ts';
import type { Connection } from './connection.ts';
import type { GatewayState } from './state.ts';
import type { DisconnectReason, End, Ignored } from './verdict.ts';

/** What became of something that was refused. */
export type RefusalEffect =
  /** The connection was ended. */
  | 'disconnected'
  /** The client was told, and its connection stays. */
  | 'answered'
  /** It had no effect and no answer. */
  | 'ignored';

/** Something that the gateway itself did not let a client do: no policy was asked, or it would not have mattered. */
export interface GatewayRefusal {
  readonly clientId?: string;
  /** The certificate id under mTLS. */
  readonly principal?: string;
  /** Which packet was refused; undefined when it was none: silence, or another connection of the same name. */
  readonly packet?: ClientPacket['kind'];
  /** Its topic or its topic filters, shortened. */
  readonly topics: readonly string[];
  /** In the words of AWS's lifecycle events; undefined for what was ignored. */
  readonly reason?: DisconnectReason;
  readonly detail: string;
  readonly effect: RefusalEffect;
}

/** Ends that are nobody's refusal. */
const quiet: ReadonlySet<DisconnectReason> = new Set([
  'CLIENT_INITIATED_DISCONNECT',
  'CONNECTION_LOST',
  'SERVER_INITIATED_DISCONNECT',
]);

/** Somewhat more than the longest topic that is allowed: a refused one may be 64 KB long, and is kept. */
const keptCharacters = 300;

/**
 * Tells of a refusal whoever wants to know. What a policy has denied is told by whoever asked it, and a client that
 * has no name yet cannot be told of.
 */
export function tellRefusal(
  { refused }: GatewayState,
  { client, origin }: Connection,
  effect: RefusalEffect,
  why: End | Ignored,
  packet?: ClientPacket,
): void {
  const isEnd = why.verdict === 'end';
  if (refused === undefined || (isEnd && (why.byPolicy === true || quiet.has(why.reason)))) return;
  const named = packet?.kind === 'connect' ? packet.clientId : '';
  const clientId = client?.identity.clientId ?? named;
  const principal =
    client?.identity.origin.principal ?? (isEnd ? why.principal : undefined) ?? origin.principal;
  if (clientId === '' && principal === undefined) return;
  refused({
    ...(clientId === '' ? {} : { clientId: clientId.slice(0, keptCharacters) }),
    ...(principal === undefined ? {} : { principal }),
    ...(packet === undefined ? {} : { packet: packet.kind }),
    topics: topicsOf(packet).map((topic) => topic.slice(0, keptCharacters)),
    ...(isEnd ? { reason: why.reason } : {}),
    detail: why.detail,
    effect,
  });
}

function topicsOf(packet: ClientPacket | undefined): readonly string[] {
  if (packet?.kind === 'publish') return [packet.topic];
  if (packet?.kind === 'subscribe') return packet.subscriptions.map(({ filter }) => filter);
  return packet?.kind === 'unsubscribe' ? packet.filters : [];
}
