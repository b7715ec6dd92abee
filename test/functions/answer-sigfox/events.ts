/** The event of an HTTP API for a request, in payload format 2.0 as API Gateway documents it. */
export function httpEvent(request: {
  readonly type: string;
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly base64?: boolean;
  readonly sourceIp?: string;
}): Record<string, unknown> {
  const { type, method = 'POST', query = '', headers = {}, body, base64 = false } = request;
  const { sourceIp = '185.110.97.5' } = request;
  const path = `/sigfox/${type}`;
  return {
    version: '2.0',
    routeKey: `${method} /sigfox/{type}`,
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'abc.execute-api.eu-west-1.amazonaws.com', ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abc',
      domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: 'SIGFOX' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} /sigfox/{type}`,
      stage: '$default',
      time: '31/Jan/2026:10:00:00 +0000',
      timeEpoch: Date.UTC(2026, 0, 31, 10),
    },
    pathParameters: { type },
    isBase64Encoded: base64,
    ...(body === undefined ? {} : { body: base64 ? Buffer.from(body).toString('base64') : body }),
  };
}

export const basic = (name: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
