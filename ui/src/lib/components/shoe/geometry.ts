// The side view of every style in layers, toe to the left, ground at y = 276. Drawn by us; millimetres of a 480-wide field.

/** The parts of one style. A part that a style does not have is absent. */
export interface Shoe {
  viewBox: string;
  /** Inside, seen through the opening. */
  lining: string;
  tongue?: string;
  /** The whole upper as one shape: vamp colour, and what light falls on. */
  upper: string;
  quarter?: string;
  cap?: string;
  counter?: string;
  apron?: string;
  strap?: string;
  gore?: string;
  /** Edge of the opening, drawn as a bead. */
  topline: string;
  /** Stitching. */
  seams: string[];
  laces: string[];
  eyelets: [number, number][];
  /** Seams along which a brogue is punched. */
  broguing: string[];
  /** Where light lies on the toe: centre, radii, turn in degrees. */
  shine: { x: number; y: number; across: number; down: number; turn: number };
}

// The upper reaches below its edge: sole and welt are drawn over it.
const TOE = 'M30 240C17 217 30 198 64 190C104 182 150 174';
const BACK = 'C446 154 442 170 447 188C451 208 459 220 456 240L456 250';
const FEATHER = 'L346 249C304 254 262 260 208 261C146 265 66 260 30 240Z';

export const WELT = 'M21 237C62 253 146 259 210 254C266 249 304 243 348 242L350 249C304 250 268 257 212 262C146 267 58 262 20 245Z';
export const OUTSOLE = 'M20 245C58 262 146 267 212 262C268 257 304 250 346 248L459 245L459 254L346 257C306 259 268 266 214 270C146 275 56 270 19 252Z';
export const HEEL = 'M340 253L459 250L454 278L346 278Z';
export const HEEL_LIFTS = ['M342 260L457 257', 'M344 266L456 263'];
export const HEEL_TOP_PIECE = 'M346 271L455 270L454 278L347 278Z';
export const WELT_STITCH = 'M30 246C76 258 146 263 211 258C268 253 306 247 346 246';
export const GROUND = 'M20 281C120 285 360 286 470 281C400 291 90 291 20 281Z';

const LOW_OPENING = 'C251 105 258 106 262 111C278 136 308 154 348 157C388 159 420 152 440 134';
const LOW_TOPLINE = 'M262 111C278 136 308 154 348 157C388 159 420 152 440 134';

const oxford: Shoe = {
  viewBox: '8 84 466 208',
  lining: 'M250 108C284 122 334 143 382 143C410 143 430 139 440 134C420 152 388 159 348 157C308 154 278 136 262 111Z',
  tongue: 'M222 130C226 112 236 97 250 91C260 91 266 100 267 114L256 122L240 132Z',
  upper: `${TOE} 196 148C216 136 234 122 246 110${LOW_OPENING}${BACK}${FEATHER}`,
  quarter: `M192 150C214 138 234 122 246 110${LOW_OPENING}${BACK}L256 256C264 226 248 192 192 150Z`,
  cap: 'M30 240C17 217 30 198 64 190C80 187 96 183 110 179C124 200 124 232 114 263C76 261 50 252 30 240Z',
  counter: 'M444 166C443 180 449 196 452 206C456 218 458 228 456 250L392 250C384 214 400 186 444 166Z',
  topline: LOW_TOPLINE,
  seams: [
    'M115 179C129 201 129 232 119 262',
    'M198 152C252 196 268 226 261 255',
    'M267 120C284 144 311 161 348 164C388 166 422 159 441 143',
    'M201 155C223 142 242 128 255 117',
  ],
  laces: ['M199 144L214 148', 'M211 136L226 140', 'M223 127L238 131', 'M234 117L248 122'],
  eyelets: [[214, 148], [226, 140], [238, 131], [248, 122]],
  broguing: ['M106 181C119 202 119 232 109 261', 'M205 163C248 198 261 228 255 254'],
  shine: { x: 74, y: 206, across: 38, down: 15, turn: -18 },
};

const derby: Shoe = {
  ...oxford,
  quarter: `M226 126C234 120 240 115 246 110${LOW_OPENING}${BACK}L278 255C268 233 236 222 194 204C178 196 176 182 188 172C202 161 214 140 226 126Z`,
  cap: undefined,
  seams: [
    'M199 199C184 191 184 182 194 175C208 164 219 146 231 131',
    'M199 199C240 217 275 227 284 254',
    'M267 120C284 144 311 161 348 164C388 166 422 159 441 143',
  ],
  laces: ['M183 165L208 173', 'M196 153L220 161', 'M209 141L232 149', 'M221 128L244 136'],
  eyelets: [[208, 173], [220, 161], [232, 149], [244, 136]],
  broguing: ['M205 195C192 189 192 184 200 178C213 167 224 150 236 136', 'M205 195C245 212 280 223 290 252'],
};

const loafer: Shoe = {
  ...oxford,
  lining: 'M222 134C262 122 340 146 384 146C412 146 430 141 440 136C420 154 388 161 348 161C302 160 262 146 228 134Z',
  tongue: 'M200 146C208 130 222 119 238 118C248 121 252 131 250 142L232 150Z',
  upper: `${TOE} 190 148C204 139 216 134 228 134C262 146 302 160 348 161C388 161 420 154 440 136${BACK}${FEATHER}`,
  quarter: `M252 143C284 154 314 161 348 161C388 161 420 154 440 136${BACK}L286 255C282 216 268 176 252 143Z`,
  cap: undefined,
  apron: 'M56 200C92 184 150 174 190 148C204 139 216 134 228 134L240 138C236 158 214 178 178 188C132 200 88 204 56 200Z',
  strap: 'M200 142C216 133 232 137 248 143C264 172 274 206 281 256L240 258C242 220 226 178 200 142Z',
  topline: 'M228 134C262 146 302 160 348 161C388 161 420 154 440 136',
  seams: ['M55 204C90 209 138 204 184 192C222 182 242 164 246 142', 'M207 144C230 178 246 216 246 256', 'M244 145C258 173 269 208 275 255'],
  laces: [],
  eyelets: [],
  broguing: ['M62 210C98 214 142 209 190 196'],
  shine: { x: 72, y: 218, across: 36, down: 11, turn: -10 },
};

const chelsea: Shoe = {
  ...oxford,
  viewBox: '8 20 466 272',
  lining: 'M222 52C262 38 366 36 408 48C374 62 260 64 222 52Z',
  tongue: undefined,
  upper: `${TOE} 190 142C214 122 226 90 222 52C260 64 374 62 408 48C410 86 420 112 434 134${BACK}${FEATHER}`,
  quarter: `M342 60C368 58 392 54 408 48C410 86 420 112 434 134${BACK}L272 255C278 220 294 192 318 176C338 154 344 104 342 60Z`,
  cap: undefined,
  counter: 'M436 140C444 158 444 176 449 196C455 214 458 228 456 250L396 250C388 212 398 172 436 140Z',
  gore: 'M278 60C300 62 322 62 342 60C344 104 338 154 318 176C300 166 286 116 278 60Z',
  topline: 'M222 52C260 64 374 62 408 48',
  seams: ['M273 61C281 120 296 168 313 182C290 198 274 222 267 254', 'M347 60C349 106 343 158 323 180', 'M222 59C260 71 374 69 408 55'],
  laces: [],
  eyelets: [],
  broguing: ['M306 188C284 204 268 226 261 254'],
};

const STYLES: Record<string, Shoe> = { oxford, derby, loafer, chelsea };

/** The drawing of a style; a style that we have no drawing of looks like an oxford. */
export function shoeOf(style: string): Shoe {
  return STYLES[style] ?? oxford;
}
