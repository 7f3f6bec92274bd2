/**
 * A lab's place on the machine: a name and a subnet of its own, so that several labs run side by side.
 * 198.18.0.0/15 is set aside for tests of network gear (RFC 2544): no real network has it.
 */
export interface Slot {
  /** Also the name of the machine's end of the cable to the lab. */
  name: string;
  number: number;
  /** The machine's own address in the lab's subnet. */
  uplinkAddress: string;
  hostAddress: (host: number) => string;
  guestAddress: (guest: number) => string;
}

export const slotCount = 16;
export const maxHosts = 9;
const firstGuest = 10;
export const maxGuests = 240;

export function slot(number: number): Slot {
  const address = (last: number): string => `198.18.${number}.${last}`;
  return {
    name: `evenkeel${number}`,
    number,
    uplinkAddress: address(254),
    hostAddress: address,
    guestAddress: (guest) => address(firstGuest + guest),
  };
}
