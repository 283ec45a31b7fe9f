/*
 * Bulk questions over a terminal's folder: a window whose one question stands for a file of persons,
 * under the service BULK_SERVICE. Lines are JSON like all others, but never leave the house:
 *
 *	{"ask","visit_date","persons":[{"item","insured"}, ...]}	to submit them
 *	{"ask","visit_date","reception_number"}				to fetch the result
 *
 * Those that register reference numbers have {"registration":true} beside, and the number in `insured`.
 * They are answered by {"ask","bulk"}. The bulk of what was submitted is {"reception_number"}, of a
 * result {"status"}, pending or done, and when it is done {"counts_agree","units"}: in any order
 * {"item","birth_date","conflicts","eligibility" or "error"}, each member but the last only where
 * the result has it; of a registration {"item","registration" or "error"}, where the item is that of its
 * echo (registration.h). Every unit is told, also those that nobody has asked for.
 */
#ifndef OQ_ROUTE_BULK_H
#define OQ_ROUTE_BULK_H

#define BULK_SERVICE	       "bulk"
#define BULK_REFERENCE_SERVICE "bulk-reference"
#define BULK_LINE_MAX	       ((size_t)4 << 20)

#define BULK_ITEM_SIZE 21 /* an identifier of ours, and NUL: the beginning of a question's ask */

#define BULK_REGISTERS	  "registration"
#define BULK_MEMBER	  "bulk"
#define BULK_PERSONS	  "persons"
#define BULK_ITEM	  "item"
#define BULK_RECEPTION	  "reception_number"
#define BULK_STATUS	  "status"
#define BULK_PENDING	  "pending"
#define BULK_DONE_STATUS  "done"
#define BULK_COUNTS_AGREE "counts_agree"
#define BULK_UNITS	  "units"
#define BULK_CONFLICTS	  "conflicts"

#endif
