export { addDays, clockAt, dayOf, daysBetween, daysSince, firstWeekday, formatDate, formatDateTime, formatFullDateTime, formatLongDate, formatMonth, formatRelative, formatTime, isDay, momentAt, parseDay, today, weekday } from "./date";
export { currencyDigits, editableAmount, formatMoney, isMoney, type Money, type MoneyOptions, parseMoney } from "./money";
export { formatCompact, formatCount, formatNumber, formatPercent, parseNumber } from "./number";
export { formatPhone, usePhoneFormat } from "./phone";
export { type Regional, regional, setRegional } from "./regional";
