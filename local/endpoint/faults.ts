import { z } from 'zod';
import { AwsApiError } from '../errors.ts';
import type { Service, ServiceHandler } from './service.ts';

const faultSchema = z.strictObject({
  /** Signing name of the service: `dynamodb`, `iotdata`, `sqs`, … */
  service: z.string(),
  /** The operation as `X-Amz-Target` has it (`UpdateItem`); left out: every call. */
  operation: z.string().optional(),
  code: z.string(),
  status: z.number().int().min(400).max(599).default(500),
  message: z.string().default('a fault that was asked for'),
  /** How many calls fail. */
  times: z.number().int().min(1).max(1_000_000).default(1),
});

/** A failure to come: the next `times` calls of an operation end with it. */
export type Fault = z.infer<typeof faultSchema>;

/**
 * Bad luck on demand: AWS throttles and fails now and then, a machine of one's own does not. With this the
 * ways through a failure can be walked.
 */
export class Faults {
  #faults: Fault[] = [];

  /** @throws AwsApiError ValidationException when it is not a fault. */
  add(fault: unknown): Fault {
    const parsed = faultSchema.safeParse(fault);
    if (!parsed.success) throw new AwsApiError(400, 'ValidationException', z.prettifyError(parsed.error));
    this.#faults.push(parsed.data);
    return parsed.data;
  }

  clear(): void {
    this.#faults = [];
  }

  /** Throws what was asked for, if anything was. */
  meet(service: string, operation: string): void {
    if (this.#faults.length === 0) return;
    const fault = this.#faults.find(
      (one) => one.service === service && (one.operation === undefined || one.operation === operation),
    );
    if (fault === undefined) return;
    fault.times -= 1;
    if (fault.times === 0) this.#faults = this.#faults.filter((one) => one !== fault);
    throw new AwsApiError(fault.status, fault.code, fault.message);
  }
}

/** Puts `faults` before a service. */
export function withFaults(name: string, service: Service, faults: Faults): Service {
  if (typeof service === 'function') {
    const guarded: ServiceHandler = (request, response) => {
      faults.meet(name, operationOf(request.headers['x-amz-target']));
      return service(request, response);
    };
    return guarded;
  }
  if ('handle' in service) {
    return {
      ...service,
      handle: (request, response) => {
        faults.meet(name, operationOf(request.headers['x-amz-target']));
        return service.handle(request, response);
      },
    };
  }
  return {
    stream: (head, incoming, response) => {
      faults.meet(name, operationOf(head.headers['x-amz-target']));
      return service.stream(head, incoming, response);
    },
  };
}

function operationOf(target: string | string[] | undefined): string {
  return typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : '';
}
