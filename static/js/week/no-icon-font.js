// FullCalendar adds a rule for an icon font in a data: address, which the content policy refuses and we never show.
const insertRule = CSSStyleSheet.prototype.insertRule;
CSSStyleSheet.prototype.insertRule = function insertUnlessIconFont(rule, place) {
  return insertRule.call(this, rule.includes("fcicons") && rule.startsWith("@font-face") ? "@media not all {}" : rule, place);
};
