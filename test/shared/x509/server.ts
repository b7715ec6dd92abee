import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

/** A web server on the loopback: where a CA has its lists and its responder. */
export async function startServer() {
  const asked: Asked[] = [];
  let answer: (request: Asked) => Answer | Promise<Answer> = () => ({ status: 404 });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const one: Asked = { method, path: url, headers, body: new Uint8Array(await buffer(request)) };
    asked.push(one);
    const { status = 200, headers: answered = {}, body = new Uint8Array() } = await answer(one);
    response.writeHead(status, answered).end(body);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    /** From now on requests are answered so. */
    answers(how: (request: Asked) => Answer | Promise<Answer>): void {
      answer = how;
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;
