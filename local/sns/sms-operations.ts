import { z } from 'zod';
import { afterToken, PAGE_SIZE, pageOf, readInput, type Operation, type SnsContext } from './context.ts';
import { PHONE_NUMBER } from './endpoints.ts';
import { invalidParameter, snsError } from './errors.ts';
import type { MessageAttributes } from './message-attributes.ts';

/** SNS takes no longer text for a phone. */
export const MAX_SMS_CHARACTERS = 1_600;

const SENDER_ID = /^(?=.*[A-Za-z])[A-Za-z0-9]{1,11}$/;
const SMS_TYPES = ['Promotional', 'Transactional'];

/** Why a value cannot be, by the attributes that are served. */
const PROBLEMS: Readonly<Record<string, (value: string) => string | undefined>> = {
  DefaultSenderID: (value) =>
    SENDER_ID.test(value) ? undefined : 'DefaultSenderID is not a valid attribute',
  DefaultSMSType: (value) => (SMS_TYPES.includes(value) ? undefined : 'DefaultSMSType is invalid'),
  MonthlySpendLimit: (value) => (/^\d{1,9}$/.test(value) ? undefined : 'MonthlySpendLimit is invalid'),
};

const setInput = z.object({ attributes: z.record(z.string(), z.string()).default({}) });
const getInput = z.object({ attributes: z.array(z.string()).default([]) });
const numberInput = z.object({ phoneNumber: z.string() });
const listInput = z.object({ nextToken: z.string().optional() });

/** @throws AwsApiError InvalidParameter */
export function readPhoneNumber(phoneNumber: string): string {
  if (PHONE_NUMBER.test(phoneNumber)) return phoneNumber;
  throw invalidParameter('PhoneNumber', 'input incorrectly formatted');
}

/** Checks the attributes of a message that say how its text is sent. @throws AwsApiError InvalidParameter */
export function checkSmsAttributes(attributes: MessageAttributes): void {
  const senderId = attributes['AWS.SNS.SMS.SenderID']?.StringValue;
  if (senderId !== undefined && !SENDER_ID.test(senderId)) {
    throw invalidParameter(
      'AWS.SNS.SMS.SenderID',
      'it has 1 to 11 letters and digits, and at least one letter',
    );
  }
  const type = attributes['AWS.SNS.SMS.SMSType']?.StringValue;
  if (type !== undefined && !SMS_TYPES.includes(type)) {
    throw invalidParameter('AWS.SNS.SMS.SMSType', `it is ${SMS_TYPES.join(' or ')}`);
  }
  const price = attributes['AWS.SNS.SMS.MaxPrice']?.StringValue;
  if (price !== undefined && !(Number(price) >= 0)) {
    throw invalidParameter('AWS.SNS.SMS.MaxPrice', 'it is a number of US dollars');
  }
}

/** Text messages: how they are sent, and who wants none. The limit of spending is kept; nothing costs anything here. */
export function smsOperations({ sms }: SnsContext): Record<string, Operation> {
  return {
    SetSMSAttributes(input) {
      const { attributes } = readInput(setInput, input);
      for (const [name, value] of Object.entries(attributes)) {
        if (!Object.hasOwn(PROBLEMS, name)) {
          const served = Object.keys(PROBLEMS).join(', ');
          throw snsError(
            'InvalidParameter',
            `${name.slice(0, 100)} is not a valid attribute; served are ${served}`,
          );
        }
        const problem = PROBLEMS[name]?.(value);
        if (problem !== undefined) throw snsError('InvalidParameter', problem);
      }
      for (const [name, value] of Object.entries(attributes)) sms.setAttribute(name, value);
      return {};
    },
    GetSMSAttributes(input) {
      const { attributes: wanted } = readInput(getInput, input);
      const entries = Object.entries({ MonthlySpendLimit: '1', ...sms.attributes() });
      const attributes = entries.filter(([name]) => wanted.length === 0 || wanted.includes(name));
      return { attributes: Object.fromEntries(attributes) };
    },
    CheckIfPhoneNumberIsOptedOut(input) {
      const phoneNumber = readPhoneNumber(readInput(numberInput, input).phoneNumber);
      return { isOptedOut: sms.isOptedOut(phoneNumber) };
    },
    ListPhoneNumbersOptedOut(input) {
      const after = afterToken(readInput(listInput, input).nextToken, '+');
      const { page, next } = pageOf(sms.listOptedOut(after, PAGE_SIZE + 1), (phoneNumber) => phoneNumber);
      return { phoneNumbers: page, nextToken: next };
    },
    OptInPhoneNumber(input) {
      sms.optIn(readPhoneNumber(readInput(numberInput, input).phoneNumber));
      return {};
    },
  };
}
