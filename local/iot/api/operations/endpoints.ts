import { AwsApiError } from '../../../errors.ts';
import { invalidRequest } from '../../registry/errors.ts';
import type { OperationGroup } from '../operation.ts';

/** Where this cloud's other parts of AWS IoT are reached. */
export interface EndpointAddresses {
  /** For devices and for the data plane. AWS gives a host name alone, and devices add the port. */
  readonly dataAddress: string;
}

/** Types that AWS IoT has retired, and answers like ones that never were. */
const RETIRED = ['iot:Data', 'iot:Jobs'];

/** Where devices connect to. */
export const endpointOperations = {
  DescribeEndpoint({ endpointType = 'iot:Data-ATS' }, { dataAddress }) {
    if (endpointType === 'iot:Data-ATS') return { endpointAddress: dataAddress };
    if (endpointType === 'iot:CredentialProvider') {
      throw new AwsApiError(
        501,
        'UnsupportedOperationException',
        'The credential provider of AWS IoT is not served here.',
      );
    }
    const reason = RETIRED.includes(endpointType) ? 'is retired' : 'does not exist';
    throw invalidRequest(`The endpoint type ${endpointType} ${reason}; use iot:Data-ATS`);
  },
} satisfies OperationGroup<EndpointAddresses>;
