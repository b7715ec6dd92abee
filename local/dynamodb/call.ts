/**
 * Calls an engine by hand: loading the SDK would cost the start of the cloud more than everything else in it.
 * Engines check no signature; they read the region out of one.
 *
 * @returns the answer's text; `ok` says whether the operation succeeded.
 */
export async function callDynamoDb(
  engineUrl: string,
  region: string,
  operation: string,
  request: unknown,
): Promise<{ ok: boolean; text: string }> {
  const answer = await fetch(engineUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-date': '20260101T000000Z',
    },
    body: JSON.stringify(request),
  });
  return { ok: answer.ok, text: await answer.text() };
}
