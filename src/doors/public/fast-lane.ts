import type { Server } from 'node:http';
import net, { type Socket } from 'node:net';
import { headOf, type Dated } from '../../dispatch/send.ts';
import { LAST_CHANCE_MS, sweepMsOf, type DoorLimits } from './limits.ts';
import { readHead } from './read-head.ts';
import { peerAt } from './arrival-of.ts';
import type { Service } from './service.ts';
import { createTurn } from './turn.ts';

/**
 * The fast lane answers plainly well-formed GET and HEAD heads straight off the socket. Everything else, and with it
 * every doubt, is handed to Node's own HTTP, unread bytes and all: a head that came in pieces or with a body, any
 * header that changes how a connection is read, HTTP/1.0, whatever dispatch does not answer by itself and at once.
 * What it takes is a small part of what Node's parser would take in the same meaning, so it cannot be a hole.
 *
 * Two things are done differently. A connection that never asks anything is closed without a word, where Node says 408:
 * browsers open some in advance, and may show that answer to whoever asks by one later. And whoever does not read his
 * answers is cut when he has been idle for as long as others may be, which Node does not count.
 */
export interface FastLane {
  /**
   * Every answer from now on is the last of its connection, and says so; connections that stay quiet are ended a moment
   * later. Whoever asks just now is not cut off in the middle of it.
   */
  readonly endSoon: () => void;
  /** Cuts them, whatever is still on its way. */
  readonly cut: () => void;
  /** Takes no part in new connections any more. */
  readonly stop: () => void;
}

export interface FastLaneOptions {
  readonly service: () => Service;
  readonly dated: () => Dated;
  readonly limits: Pick<DoorLimits, 'idleMs' | 'mostRequests'>;
}

/** What the lane knows of a connection. */
interface Standing {
  /** the sweep in which it was last heard of */
  heard: number;
  /** requests it may still bring */
  left: number;
  /** nothing was answered yet */
  isFresh: boolean;
  /** the address at the other end */
  readonly peer: () => string;
}

/** Takes over new connections of the server; those it can't serve it gives back. */
export const openFastLane = (server: Server, { service, dated, limits }: FastLaneOptions): FastLane => {
  const [toNode] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
  /** every connection of the lane */
  const waiting = new Map<Socket, Standing>();
  const { idleMs, mostRequests } = limits;
  const sweepMs = sweepMsOf(limits);
  const patience = Math.ceil(idleMs / sweepMs);
  let sweeps = 1;
  let isEnding = false;
  // One round for all costs less than a timer for each.
  const sweep = setInterval(() => {
    sweeps += 1;
    for (const [socket, { heard }] of waiting) if (sweeps - heard > patience) socket.destroy();
  }, sweepMs).unref();

  const handOver = (socket: Socket, unread: Buffer): void => {
    waiting.delete(socket);
    listenAsUsual(socket);
    socket.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onError);
    socket.off('drain', onDrain);
    socket.setNoDelay(true);
    if (unread.length > 0) socket.unshift(unread);
    toNode.call(server, socket);
    // Paused for an answer that is not read yet: what comes next would go past the unread head. Node pauses by itself.
    if (socket.isPaused()) socket.resume();
  };
  const standingOf = (socket: Socket): Standing => {
    const known = waiting.get(socket);
    if (known !== undefined) return known;
    const peer = (): string => peerAt(socket);
    const made = { heard: sweeps, left: mostRequests, isFresh: true, peer };
    waiting.set(socket, made);
    return made;
  };
  /** Sends answers after which more requests may come; they must not wait for the visitor's acknowledgements. */
  const sendMore = (socket: Socket, out: string): void => {
    const standing = waiting.get(socket);
    if (standing === undefined) return;
    if (standing.isFresh) socket.setNoDelay(true);
    standing.isFresh = false;
    standing.heard = sweeps;
    // Whoever does not read his answers is not asked for more; the time that he may be idle goes on.
    if (!socket.write(out, 'latin1')) {
      hold(socket);
      socket.once('drain', onDrain);
    }
  };

  const turn = createTurn(sendMore);

  /** Listens to nothing more until it is resumed; what comes meanwhile is kept, and is read as any stream's. */
  const hold = (socket: Socket): void => {
    socket.pause();
    if (socket.push !== takeIn) return;
    listenAsUsual(socket);
    socket.on('data', onData);
  };
  function takeIn(this: Socket, chunk: Buffer | null): boolean {
    if (chunk === null) return usualPush.call(this, chunk);
    onData.call(this, chunk);
    return true;
  }

  function onData(this: Socket, chunk: Buffer): void {
    // It was told that no more is answered; the sweep cuts it.
    if (this.writableEnded) {
      hold(this);
      return;
    }
    const { takes, dispatch, answered, broke } = service();
    const standing = standingOf(this);
    const text = chunk.toString('latin1');
    let from = 0;
    let out = '';
    let isLast = false;
    while (from < text.length) {
      const arrival = readHead(text, from, standing.peer);
      if (arrival === undefined || !takes(arrival)) break;
      try {
        const answer = dispatch(arrival);
        if (answer === undefined || answer instanceof Promise || answer.carry !== undefined)
          throw new TypeError('not for the fast lane');
        standing.left -= 1;
        isLast = arrival.isLast || isEnding || standing.left <= 0;
        const head = headOf(answer, { dated: dated(), isLast });
        const { body = '' } = arrival.method === 'GET' ? answer.reply : NO_BODY;
        answered?.(arrival, answer);
        out += body === '' ? head : head + toLatin1(body);
      } catch (error) {
        broke(error);
        break;
      }
      from = arrival.endsAt;
      if (isLast) {
        turn.flush();
        this.write(out, 'latin1');
        // Once the kernel has all of it and no more has come, nothing is left to wait for: a third of the cost of a visit.
        if (this.writableLength === 0 && from === text.length) this.destroy();
        else this.end();
        return;
      }
    }
    if (out !== '') turn.post(this, out);
    if (from === text.length) return;
    turn.flush();
    handOver(this, from === 0 ? chunk : chunk.subarray(from));
  }
  function onDrain(this: Socket): void {
    this.resume();
  }
  function onEnd(this: Socket): void {
    turn.flush();
    // A second end would make an error with a stack trace, which nobody ever sees: 5 % of a visit's time.
    if (!this.writableEnded) this.end();
  }
  function onClose(this: Socket): void {
    waiting.delete(this);
  }
  function onError(this: Socket): void {
    this.destroy();
  }

  server.removeListener('connection', toNode);
  server.on('connection', (socket: Socket) => {
    standingOf(socket);
    socket.push = takeIn;
    socket.on('end', onEnd).on('close', onClose).on('error', onError);
  });

  return {
    endSoon: () => {
      isEnding = true;
      setTimeout(() => {
        // Whoever has all his answers may stay as long as he likes: nothing is left to wait for.
        for (const socket of waiting.keys()) {
          if (socket.writableLength === 0) socket.destroy();
          else socket.end();
        }
      }, LAST_CHANCE_MS);
    },
    cut: () => {
      for (const socket of waiting.keys()) socket.destroy();
    },
    stop: () => {
      clearInterval(sweep);
    },
  };
};

/**
 * A socket reads by itself and pushes what came into its stream, which keeps it, tells of it and asks for more in a turn of
 * its own. The lane takes it where it is pushed: a tenth of a visit's time.
 */
function usualPush(this: Socket, chunk: Buffer | null): boolean {
  return net.Socket.prototype.push.call(this, chunk);
}
const listenAsUsual = (socket: Socket): void => {
  socket.push = usualPush;
};

const NO_BODY = { body: '' };

/** UTF-8 text as the latin1 string that writes its bytes. */
const toLatin1 = (body: string): string => Buffer.from(body).toString('latin1');
