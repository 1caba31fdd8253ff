import { Held } from './held.ts';

/** What a lane needs in memory. */
export interface Room {
  readonly bytes: Buffer;
  readonly held: Held;
}

/** Rooms for lanes; one that is given back is taken again. */
export interface Rooms {
  readonly take: () => Room;
  readonly giveBack: (room: Room) => void;
}

/** @param bytes of the buffer of each */
export const createRooms = (bytes: number): Rooms => {
  const free: Room[] = [];
  return {
    take: () => free.pop() ?? { bytes: Buffer.allocUnsafeSlow(bytes), held: new Held() },
    giveBack: (room) => {
      room.held.clear();
      free.push(room);
    },
  };
};
