import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refusal } from '../../deliveries/refusal.ts';
import type { Answer } from '../../dispatch/answer.ts';
import { sendAnswer, wantsClose, type Dated } from '../../dispatch/send.ts';
import { arrivalOf } from './arrival-of.ts';
import type { Handshake } from '../../relay/tunnel.ts';
import type { Service } from './service.ts';

/** A response; where the request is a handshake, with what it takes to go on in the other protocol. */
export type Response = ServerResponse & { readonly handshake?: Handshake };

/** What a server and its answers tell each other. */
interface Connections {
  /** the server closes: every answer is the last of its connection, and says so */
  readonly isClosing: () => boolean;
  /** the last answer is on its way: nothing may be written after it */
  readonly ending: WeakSet<Socket>;
  /** a request is carried: however long its body takes, it is not late */
  readonly carried: WeakSet<Socket>;
  /** how many requests a connection may bring */
  readonly mostRequests: number;
}

/**
 * Answers Node's requests by dispatch; what dispatch leaves goes to `pass`: the primary's own pages, or the next
 * middleware of somebody's app.
 *
 * @param connections of the server that the requests come to; absent: it is somebody else's
 */
export const answering = (
  service: () => Service,
  dated: () => Dated,
  connections?: Connections,
): ((request: IncomingMessage, response: Response, pass: () => void) => void) => {
  /** requests that each connection brought */
  const brought = new WeakMap<Socket, number>();
  return (request, response, pass) => {
    const { handshake } = response;
    const nth = (brought.get(request.socket) ?? 0) + 1;
    brought.set(request.socket, nth);
    const { dispatch, broke, answered, carrying } = service();
    const arrival = arrivalOf(request);
    // Node loses what comes in one packet behind a wish for another protocol.
    if (arrival.upgrade !== '' || connections?.isClosing() === true) response.shouldKeepAlive = false;
    const reply = (answer: Answer): void => {
      const { method, hasBody } = arrival;
      const isOver = connections !== undefined && nth >= connections.mostRequests;
      // Nobody reads a body that comes behind this head.
      const isLast = hasBody || !response.shouldKeepAlive || wantsClose(request) || isOver;
      if (isLast) connections?.ending.add(request.socket);
      sendAnswer(response, answer, { dated: dated(), method, isLast });
      answered?.(arrival, answer);
    };
    const refuse = (): void => {
      reply({ reply: refusal(426), id: undefined, because: 'websocket', visit: undefined });
    };
    const carry = (answer: Answer & Required<Pick<Answer, 'carry'>>): void => {
      if (carrying === undefined) throw new TypeError('nobody is carried');
      // Somebody else's server gave away the connection, and older Nodes the body with it.
      if (handshake !== undefined && arrival.hasBody) {
        refuse();
        return;
      }
      const given = { request, arrival, answer };
      connections?.carried.add(request.socket);
      const isTunnel = handshake !== undefined && arrival.upgrade === 'websocket';
      const passing = isTunnel
        ? carrying.tunnel(response, handshake, given)
        : carrying.carry(response, given);
      const arrived = (instead: Answer | undefined): void => {
        connections?.carried.delete(request.socket);
        if (instead !== undefined) reply(instead);
      };
      passing.then(arrived).catch(fail);
    };
    const settle = (answer: Answer | undefined): void => {
      if (answer === undefined) pass();
      else if (isCarried(answer)) carry(answer);
      else reply(answer);
    };
    const fail = (error: unknown): void => {
      broke(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(503, ['Retry-After', '5', 'Connection', 'close']).end();
    };
    // Nobody gave away the connection: what comes behind a handshake would be taken for a next request.
    if (arrival.upgrade === 'websocket' && handshake === undefined) {
      refuse();
      return;
    }
    try {
      const answer = dispatch(arrival);
      if (answer instanceof Promise) answer.then(settle).catch(fail);
      else settle(answer);
    } catch (error) {
      fail(error);
    }
  };
};

const isCarried = (answer: Answer): answer is Answer & Required<Pick<Answer, 'carry'>> =>
  answer.carry !== undefined;
