// What may be wrong with a written value; decides exactly as assistant/onething/form_values.py (same test vectors).
const DATES = ["birth_date", "past_date", "date"];
const COMPACT = ["id_number", "credit_code", "bank_card", "plate", "vin"];
const CODES = [...DATES, ...COMPACT, "phone", "email", "number"];
const DATE = /^([0-9]{4})(?:([0-9]{2})([0-9]{2})|[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?)$/;
const SHAPES = {
  phone: /^(?:1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})$/,
  email: /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
  address: /^.{4,}$/su,
  number: /^[0-9]+(?:\.[0-9]+)?$/,
  plate: /^[\u4e00-\u9fff][A-Z][A-Z0-9]{4,5}[A-Z0-9学警挂港澳]$/,
  vin: /^[A-HJ-NPR-Z0-9]{17}$/,
};
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

export function plain(kind, value) {
  if (!CODES.includes(kind)) return value.trim();
  const half = value.normalize("NFKC").replace(/\s/gu, "");
  if (COMPACT.includes(kind)) return half.replaceAll("-", "").toUpperCase();
  const read = DATES.includes(kind) && half.match(DATE);
  return read ? read.slice(1).filter(Boolean).map((part) => part.padStart(2, "0")).join("-") : half;
}

function isDay(text) {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) || text.startsWith("0000")) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function idDigit(number) {
  const sum = ID_WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return "10X98765432"[sum % 11];
}

export function born(number) {
  return `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
}

export function sexOf(number) {
  return Number(number[16]) % 2 ? "男" : "女";
}

function idFault(number, today) {
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(number)) return "id-form";
  const day = born(number);
  if (!isDay(day) || day < "1900-01-01" || day > today) return "id-date";
  return idDigit(number) === number[17] ? "" : "id-check";
}

function creditFault(code) {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return "credit-form";
  const sum = CREDIT_WEIGHTS.reduce((total, weight, place) => total + weight * CREDIT.indexOf(code[place]), 0);
  return CREDIT[(31 - (sum % 31)) % 31] === code[17] ? "" : "credit-check";
}

function bankFault(card) {
  if (!/^[0-9]{15,19}$/.test(card)) return "bank-form";
  const sum = [...card].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 ? "bank-check" : "";
}

export function sound(identity, today) {
  const number = plain("id_number", identity);
  return number && !idFault(number, today) ? number : "";
}

function dateFault(kind, day, identity, today) {
  if (!isDay(day)) return "date";
  if (kind !== "date" && day > today) return "date-future";
  const number = kind === "birth_date" ? sound(identity, today) : "";
  return number && born(number) !== day ? "birth-id" : "";
}

function sexFault(value, identity, today) {
  if (value !== "男" && value !== "女") return "sex";
  const number = sound(identity, today);
  return number && sexOf(number) !== value ? "sex-id" : "";
}

// The key of the fault, or "" for none; `identity` is the same person's identity number, `today` an ISO date.
export function fault(kind, written, identity, choices, today) {
  const value = plain(kind, written);
  if (!value) return "";
  switch (kind) {
    case "name": return /^[\p{L}·•．. '’-]{2,50}$/u.test(value) ? "" : "name";
    case "id_number": return idFault(value, today);
    case "credit_code": return creditFault(value);
    case "bank_card": return bankFault(value);
    case "birth_date": case "past_date": case "date": return dateFault(kind, value, identity, today);
    case "sex": return sexFault(value, identity, today);
    case "choice": return choices.includes(value) ? "" : "choice";
    default: return SHAPES[kind] && !SHAPES[kind].test(value) ? kind : "";
  }
}
