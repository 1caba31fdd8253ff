import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '../dispatch/dispatch.ts';
import { sendAnswer, wantsClose } from '../dispatch/send.ts';
import { arrivalOf } from './arrival-of.ts';
import type { Service } from './service.ts';

/**
 * Answers Node's requests by dispatch; what dispatch leaves goes to `pass`: the primary's own pages, or the next
 * middleware of somebody's app.
 *
 * @param ending is told the sockets whose last answer is on its way: nothing may be written after it
 */
export const answering = (
  service: () => Service,
  date: () => string,
  ending: WeakSet<Socket> = new WeakSet(),
): ((request: IncomingMessage, response: ServerResponse, pass: () => void) => void) => {
  return (request, response, pass) => {
    const { dispatch, broke, answered } = service();
    const arrival = arrivalOf(request);
    const settle = (answer: Answer | undefined): void => {
      if (answer === undefined) {
        pass();
        return;
      }
      const { method, hasBody, upgrade } = arrival;
      // Nobody reads a body or another protocol that comes behind this head.
      const isLast = hasBody || upgrade !== '' || wantsClose(request);
      if (isLast) ending.add(request.socket);
      sendAnswer(response, answer, { date: date(), method, isLast });
      answered?.(arrival, answer);
    };
    const fail = (error: unknown): void => {
      broke(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(503, ['Retry-After', '5', 'Connection', 'close']).end();
    };
    try {
      const answer = dispatch(arrival);
      if (answer instanceof Promise) answer.then(settle).catch(fail);
      else settle(answer);
    } catch (error) {
      fail(error);
    }
  };
};
