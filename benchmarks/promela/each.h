/* each(f) writes out f(0) f(1) ... f(COUNT - 1), for a COUNT from 1 to 10. */

#define each(f) f(0) each_1(f)

#if COUNT > 1
#define each_1(f) f(1) each_2(f)
#else
#define each_1(f)
#endif

#if COUNT > 2
#define each_2(f) f(2) each_3(f)
#else
#define each_2(f)
#endif

#if COUNT > 3
#define each_3(f) f(3) each_4(f)
#else
#define each_3(f)
#endif

#if COUNT > 4
#define each_4(f) f(4) each_5(f)
#else
#define each_4(f)
#endif

#if COUNT > 5
#define each_5(f) f(5) each_6(f)
#else
#define each_5(f)
#endif

#if COUNT > 6
#define each_6(f) f(6) each_7(f)
#else
#define each_6(f)
#endif

#if COUNT > 7
#define each_7(f) f(7) each_8(f)
#else
#define each_7(f)
#endif

#if COUNT > 8
#define each_8(f) f(8) each_9(f)
#else
#define each_8(f)
#endif

#if COUNT > 9
#define each_9(f) f(9)
#else
#define each_9(f)
#endif
