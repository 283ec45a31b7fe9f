/* The prefectures (都道府県). */
#ifndef OQ_MODEL_PREFECTURE_H
#define OQ_MODEL_PREFECTURE_H

#define PREFECTURES 47

/* In the order of their codes (JIS X 0401), which are the first two digits of an institution's. */
extern const char *const prefectures[PREFECTURES];

#endif
