import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `0A` in /proc/net/tcp. */
const LISTEN = '0A';

/**
 * The addresses that a process and everything it has started listen on, as the Linux kernel has them:
 * `127.0.0.1:8080`; addresses of IPv6 stay as they are written in /proc/net/tcp6.
 */
export function listenersOf(pid: number): string[] {
  return descendants(pid)
    .flatMap((one) => {
      const sockets = new Set(socketsOf(one));
      return ['tcp', 'tcp6'].flatMap((protocol) =>
        readFileSync(`/proc/${one}/net/${protocol}`, 'utf8')
          .trim()
          .split('\n')
          .slice(1)
          .map((line) => line.trim().split(/\s+/))
          .filter((fields) => fields[3] === LISTEN && sockets.has(fields[9] ?? ''))
          .map((fields) => readAddress(fields[1] ?? '')),
      );
    })
    .sort();
}

/** Inodes of the open sockets of a process. */
function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.slice(1) ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

function descendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(descendants)];
}

/** `0100007F:1F90` → `127.0.0.1:8080`: the address is in the machine's byte order, the port is not. */
function readAddress(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const host =
    address.length === 8 ? [...Buffer.from(address, 'hex')].toReversed().join('.') : `[${address}]`;
  return `${host}:${Number.parseInt(port, 16)}`;
}
