import { z } from 'zod';
import { AwsApiError } from '../errors.ts';
import type { OwnRoute } from '../own-api.ts';
import type { Notifications } from './notifications.ts';

const optOutSchema = z.strictObject({ phoneNumber: z.string() });

/** The links of messages, which need no signature, and what only the owner of a phone does on AWS: to want no more. */
export function notificationRoutes({ sns }: Pick<Notifications, 'sns'>): Record<string, OwnRoute> {
  const link: OwnRoute = async ({ path, query, response }) => {
    const { contentType, body } = await sns.answerLink(path, query);
    response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
  return {
    'GET sns': link,
    'GET sns/': link,
    'POST sns/opt-outs': async ({ readJson, answer }) => {
      const parsed = optOutSchema.safeParse(await readJson());
      if (!parsed.success) {
        throw new AwsApiError(400, 'ValidationException', 'The body is {"phoneNumber": "+41790000000"}.');
      }
      sns.optOut(parsed.data.phoneNumber);
      answer(201, parsed.data);
    },
  };
}
