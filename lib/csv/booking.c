#include "csv/mapping.h"

/* The bytes of booking.csv, as a list of numbers made by make. */
const unsigned char booking_text[] = {
#include "gen/booking.inc"
};
const size_t booking_text_size = sizeof booking_text;
