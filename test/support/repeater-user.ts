import { once } from 'node:events';
import { connect } from 'node:net';

/** A client of a repeater that remembers what it was told, line by line. */
export async function connectToRepeater(port: number) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let isClosed = false;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
  });
  socket.on('close', () => (isClosed = true));
  socket.on('error', () => socket.destroy());
  return {
    /** Sends bytes as they are. */
    write: (text: string) => void socket.write(text),
    /** The whole lines that came, without their carriage returns. */
    lines: (): string[] => received.split('\r').slice(0, -1),
    isClosed: (): boolean => isClosed,
    end: () => void socket.destroy(),
  };
}

export type RepeaterUser = Awaited<ReturnType<typeof connectToRepeater>>;
