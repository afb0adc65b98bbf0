// AlphaGo's 48 input planes of a Go position, as gopolicy's networks want them. No dependencies.
//
//   import { Game } from "./planes.js";
//   const game = new Game();
//   game.play(60);                 // row * 19 + column, row 0 at the top: D16; null is a pass
//   const planes = game.encode();  // Uint8Array of 48 * 361: input "planes", uint8 [1, 48, 19, 19]
//
// Equal, bit for bit, to gopolicy.features.encode, whose docstrings define each plane. Simple ko, no suicide.

export const SIZE = 19;
export const EMPTY = 0, BLACK = 1, WHITE = 2;
export const FEATURES = [
  ["stone color", 3], ["ones", 1], ["turns since", 8], ["liberties", 8], ["capture size", 8], ["self-atari size", 8],
  ["liberties after move", 8], ["ladder capture", 1], ["ladder escape", 1], ["sensibleness", 1], ["zeros", 1],
];
export const PLANES = FEATURES.reduce((sum, [, width]) => sum + width, 0);
const OFFSET = {};
FEATURES.reduce((sum, [name, width]) => { OFFSET[name] = sum; return sum + width; }, 0);

const POINTS = SIZE * SIZE;
const SETUP = -1000000; // the turn of stones that were set up: older than any that a plane tells apart
const MAX_PLAYS = 10000, MAX_DEPTH = 400; // of a ladder; beyond them its stones count as not caught
const NEIGHBORS = steps([[-1, 0], [0, -1], [0, 1], [1, 0]]);
const DIAGONALS = steps([[-1, -1], [-1, 1], [1, -1], [1, 1]]);

function steps(offsets) {
  const table = [];
  for (let point = 0; point < POINTS; point++) {
    const row = Math.floor(point / SIZE), column = point % SIZE;
    table.push(offsets.map(([down, right]) => [row + down, column + right])
      .filter(([r, c]) => r >= 0 && r < SIZE && c >= 0 && c < SIZE).map(([r, c]) => r * SIZE + c));
  }
  return table;
}

const opponent = (color) => BLACK + WHITE - color;

// Stones and a ban: the point that `bannedColor` may not retake, or -1.
class Position {
  constructor(stones = new Uint8Array(POINTS), banned = -1, bannedColor = EMPTY) {
    this.stones = stones;
    this.banned = banned;
    this.bannedColor = bannedColor;
  }

  // The chain at `point`: its stones and its liberties, each once.
  chain(point) {
    const { stones } = this, color = stones[point];
    const seen = new Uint8Array(POINTS), found = [point], liberties = [];
    seen[point] = 1;
    for (let i = 0; i < found.length; i++) {
      for (const neighbor of NEIGHBORS[found[i]]) {
        if (seen[neighbor]) continue;
        if (stones[neighbor] === color) found.push(neighbor);
        else if (stones[neighbor] === EMPTY) liberties.push(neighbor);
        else continue;
        seen[neighbor] = 1;
      }
    }
    return { stones: found, liberties };
  }

  // { position, captured, own } after a move, or null if it is illegal; `own` is the chain of the stone played.
  after(point, color) {
    if (this.stones[point] !== EMPTY || (point === this.banned && color === this.bannedColor)) return null;
    const position = new Position(this.stones.slice());
    position.stones[point] = color;
    const captured = [];
    for (const neighbor of NEIGHBORS[point]) {
      if (position.stones[neighbor] !== opponent(color)) continue;
      const chain = position.chain(neighbor);
      if (chain.liberties.length > 0) continue;
      for (const stone of chain.stones) position.stones[stone] = EMPTY;
      captured.push(...chain.stones);
    }
    const own = position.chain(point);
    if (own.liberties.length === 0) return null;
    if (captured.length === 1 && own.stones.length === 1 && own.liberties.length === 1) {
      position.banned = captured[0];
      position.bannedColor = opponent(color);
    }
    return { position, captured, own };
  }
}

// Reads ladders; one reader for each first move, since it counts the plays it tries.
class LadderReader {
  constructor() { this.plays = MAX_PLAYS; }

  // Whether the hunter, playing on `point`, catches the chain at `prey`, which has two liberties.
  hunts(position, prey, point, depth = 0) {
    const after = position.after(point, opponent(position.stones[prey]));
    if (after === null || --this.plays < 0 || depth >= MAX_DEPTH) return false;
    after.position.banned = -1; // the prey is credited with the ko threat
    return !defenses(after.position, prey).some((move) => this.saves(after.position, prey, move, depth + 1));
  }

  // Whether `move` brings the chain at `prey`, in atari, to safety.
  saves(position, prey, move, depth = 0) {
    const after = position.after(move, position.stones[prey]);
    if (after === null) return false;
    if (--this.plays < 0 || depth >= MAX_DEPTH) return true;
    const { liberties } = after.position.chain(prey);
    if (liberties.length !== 2) return liberties.length > 2;
    liberties.sort((a, b) => a - b);
    return !liberties.some((point) => this.hunts(after.position, prey, point, depth + 1));
  }
}

// What a chain in atari may try: its last liberty first, then the captures next to it.
function defenses(position, prey) {
  const { stones, liberties } = position.chain(prey);
  const captures = new Set();
  for (const stone of stones) {
    for (const neighbor of NEIGHBORS[stone]) {
      if (position.stones[neighbor] !== opponent(position.stones[prey])) continue;
      const chain = position.chain(neighbor);
      if (chain.liberties.length === 1) captures.add(chain.liberties[0]);
    }
  }
  return [...liberties, ...[...captures].filter((move) => !liberties.includes(move)).sort((a, b) => a - b)];
}

function isEye(stones, color, point) {
  if (NEIGHBORS[point].some((neighbor) => stones[neighbor] !== color)) return false;
  const opposed = DIAGONALS[point].filter((diagonal) => stones[diagonal] === opponent(color)).length;
  return opposed <= (DIAGONALS[point].length === 4 ? 1 : 0);
}

export class Game {
  constructor() {
    this.position = new Position();
    this.toPlay = BLACK; // may be set
    this.turns = 0; // passes included
    this.placed = new Int32Array(POINTS);
    this.past = [];
  }

  get stones() { return this.position.stones; }

  isLegal(point, color = this.toPlay) { return point === null || this.position.after(point, color) !== null; }

  // Play a point, or null for a pass; throws an Error where that is illegal.
  play(point, color = this.toPlay) {
    const after = point === null ? { position: new Position(this.stones) } : this.position.after(point, color);
    if (after === null) throw new Error(`illegal move at row ${Math.floor(point / SIZE)}, column ${point % SIZE}`);
    const { position, toPlay, turns, placed } = this;
    this.past.push({ position, toPlay, turns, placed });
    this.position = after.position;
    this.turns += 1;
    this.placed = placed.slice();
    if (point !== null) this.placed[point] = this.turns;
    this.toPlay = opponent(color);
  }

  // Put stones down without playing: [[point, color], ...]; EMPTY takes one away.
  setStones(stones) {
    this.position = new Position(this.stones.slice());
    this.placed = this.placed.slice();
    for (const [point, color] of stones) {
      this.stones[point] = color;
      this.placed[point] = SETUP;
    }
  }

  // Take the last move back; false if there is none.
  undo() {
    const before = this.past.pop();
    if (before !== undefined) Object.assign(this, before);
    return before !== undefined;
  }

  // The planes for the player to move: Uint8Array of PLANES * 361, row 0 at the top.
  encode() {
    const planes = new Uint8Array(PLANES * POINTS);
    this.#encodeStones(planes);
    for (let point = 0; point < POINTS; point++) if (this.stones[point] === EMPTY) this.#encodeMove(planes, point);
    this.#encodeLadders(planes);
    return planes;
  }

  #encodeStones(planes) {
    const { stones, position } = this;
    planes.fill(1, OFFSET["ones"] * POINTS, (OFFSET["ones"] + 1) * POINTS);
    for (let point = 0; point < POINTS; point++) {
      const plane = stones[point] === EMPTY ? 2 : stones[point] === this.toPlay ? 0 : 1;
      planes[(OFFSET["stone color"] + plane) * POINTS + point] = 1;
      if (stones[point] === EMPTY) continue;
      mark(planes, "turns since", this.turns - this.placed[point] + 1, point);
      mark(planes, "liberties", position.chain(point).liberties.length, point);
    }
  }

  #encodeMove(planes, point) {
    const after = this.position.after(point, this.toPlay);
    if (after === null) return;
    const { captured, own } = after;
    mark(planes, "capture size", captured.length, point);
    mark(planes, "liberties after move", own.liberties.length, point);
    if (own.liberties.length === 1) mark(planes, "self-atari size", own.stones.length, point);
    if (!isEye(this.stones, this.toPlay, point)) planes[OFFSET["sensibleness"] * POINTS + point] = 1;
  }

  #encodeLadders(planes) {
    const { position, stones, toPlay } = this;
    const seen = new Uint8Array(POINTS);
    for (let point = 0; point < POINTS; point++) {
      if (stones[point] === EMPTY || seen[point]) continue;
      const chain = position.chain(point), isOwn = stones[point] === toPlay;
      for (const stone of chain.stones) seen[stone] = 1;
      if (!isOwn && chain.liberties.length === 2) {
        for (const move of chain.liberties) {
          if (new LadderReader().hunts(position, point, move)) mark(planes, "ladder capture", 1, move);
        }
      } else if (isOwn && chain.liberties.length === 1) {
        for (const move of defenses(position, point)) {
          if (new LadderReader().saves(position, point, move)) mark(planes, "ladder escape", 1, move);
        }
      }
    }
  }
}

// Mark a value of 1 or more in its plane of a feature, all above 8 in the eighth.
function mark(planes, feature, value, point) {
  if (value > 0) planes[(OFFSET[feature] + Math.min(value, 8) - 1) * POINTS + point] = 1;
}
